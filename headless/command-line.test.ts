import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './command-line'

function parse(...argv: string[]) {
  return parseCommandLine(argv, '/home/ada')
}

describe('parseCommandLine', () => {
  it('reads a whole command, with paths from where it was typed', () => {
    expect(
      parse(
        'pipeline',
        '--params',
        'my.yaml',
        '--set',
        'train.epochs=1',
        '--set',
        'train.lr=0.1',
        '--out',
        '../o',
        '--json',
      ),
    ).toEqual({
      ok: true,
      value: {
        command: 'pipeline',
        paramsFile: '/home/ada/my.yaml',
        settings: ['train.epochs=1', 'train.lr=0.1'],
        data: null,
        out: '/home/o',
        json: true,
        resume: false,
        bundle: null,
        newData: null,
        feedback: null,
        version: null,
        port: null,
        host: null,
        bench: {
          task: 'train',
          presets: null,
          engines: null,
          convolutions: null,
          browser: false,
          build: null,
          threads: null,
          batch: null,
          repeats: null,
          seconds: null,
        },
      },
    })
  })

  it.each([
    ['mnist', { kind: 'mnist' }],
    ['built-in', { kind: 'built-in', train: 60_000, test: 10_000 }],
    ['built-in:2000,500', { kind: 'built-in', train: 2000, test: 500 }],
    ['digits', { kind: 'folder', path: '/home/ada/digits' }],
    ['/data', { kind: 'folder', path: '/data' }],
  ])('takes --data %s', (text, data) => {
    expect(parse('train', '--data', text)).toMatchObject({ ok: true, value: { data } })
  })

  it.each([
    [[], /^Expected a command \(pipeline, .*\), found nothing\.$/],
    [['trane'], /found "trane"/],
    [['train', 'rf5-13k'], /train takes options only, found "rf5-13k"/],
    [['train', '--epochs', '3'], /'--epochs'.*--help/],
    [['train', '--set'], /--set.*argument/],
    [['bench'], /bench takes one of train, infer, draw, serve, found ""/],
    [['bench', 'train', '--engine', 'gpu'], /--engine takes one of wasm, webgpu, .*, found "gpu"/],
    [['bench', 'train', '--convolution', 'fft'], /--convolution takes one of auto, direct, .*, found "fft"/],
    [['bench', 'train', '--threads', '1.5'], /--threads takes a whole number from 1 to 64, found 1\.5/],
    [['bench', 'draw', '--digits', '0'], /--digits takes a number of at least 1, found "0"/],
    [['bench', 'draw', '--digits', '20000'], /--digits takes a whole number from 1 to 10000, found 20000/],
    [['bench', 'draw', '--seed', '0.5'], /--seed takes a whole number from 0 to 4294967295, found 0.5/],
    [['bench', 'serve', '--requests', '0'], /--requests takes a whole number from 1 to 1000000, found "0"/],
    [['bench', 'serve', '--concurrency', '2.5'], /--concurrency takes a whole number .*, found "2.5"/],
    [['bench', 'serve', '--url', 'localhost'], /--url takes a server like .*, found "localhost"/],
    [['bench', 'infer', '--batch', '0'], /--batch takes a number of at least 1, found "0"/],
    [['bench', 'infer', '--batch', '5000'], /--batch takes a whole number from 1 to 4096, found 5000/],
    [['bench', 'train', '--repeats', '3'], /--repeats takes a number of at least 5, found "3"/],
    [['train', '--data', 'built-in:0,5'], /two whole numbers from 1 to 999999, found "built-in:0,5"/],
    [['train', '--data', 'built-in:many'], /found "built-in:many"/],
  ])('names what is wrong with %j', (argv, message) => {
    const parsed = parse(...argv)
    expect(parsed).toMatchObject({ ok: false, problem: { exit: 64, code: 'bad-params' } })
    expect(parsed.ok ? '' : parsed.problem.message).toMatch(message)
  })

  it('reads what a benchmark is to measure', () => {
    expect(
      parse(
        'bench',
        'infer',
        '--preset',
        'gap',
        '--preset',
        'lite',
        '--browser',
        '--engine',
        'wasm',
        '--engine',
        'tfjs-cpu',
        '--convolution',
        'winograd-4',
        '--seconds',
        '0.5',
        '--batch',
        '64',
      ),
    ).toMatchObject({
      ok: true,
      value: {
        command: 'bench',
        bench: {
          task: 'infer',
          presets: ['gap', 'lite'],
          engines: ['wasm', 'tfjs-cpu'],
          convolutions: ['winograd-4'],
          browser: true,
          seconds: 0.5,
          batch: 64,
        },
      },
    })
  })

  it('reads whom a load test asks, and how', () => {
    expect(parse('bench', 'serve', '--url', 'http://localhost:8000', '--requests', '100')).toMatchObject({
      ok: true,
      value: {
        bench: { task: 'serve', url: 'http://localhost:8000', warmUp: 10, requests: 100, concurrency: 16 },
      },
    })
  })

  it('reads what is to be served, and where', () => {
    expect(parse('serve', '--bundle', 'a.mnistbundle', '--port', '0', '--host', '::1')).toMatchObject({
      ok: true,
      value: { command: 'serve', bundle: '/home/ada/a.mnistbundle', port: 0, host: '::1' },
    })
  })

  it('reads how many drawings are to be read', () => {
    expect(parse('bench', 'draw')).toMatchObject({
      value: { bench: { task: 'draw', digits: 10_000, seed: 42 } },
    })
    expect(parse('bench', 'draw', '--digits', '50', '--seed', '7')).toMatchObject({
      value: { bench: { task: 'draw', digits: 50, seed: 7 } },
    })
  })

  it.each([[['--help']], [['help']], [['train', '-h']]])('gives help for %j', (argv) => {
    expect(parse(...argv)).toEqual({ ok: true, value: 'help' })
  })
})
