// 64 words each, so that six bits of a random byte choose one without bias. They are this project's own choice:
// short, kind, easy to say in a room, and none of them a term of machine learning.

const ADJECTIVES = (
  'amber ample autumn blithe bold brave breezy bright brisk calm candid chalky civil clever coral cosy ' +
  'crisp curious dapper dewy eager early earnest fair fleet fond frosty gentle gilded glad golden hardy ' +
  'hazel hearty honest humble indigo ivory jaunty jolly keen kind lilac lively lucid lunar mellow merry ' +
  'misty nimble noble patient placid plucky quiet rosy russet silver spry steady sunny tidy velvet witty'
).split(' ')

const NOUNS = (
  'acorn alder anchor aspen badger beacon birch bison bramble brook canoe cedar cello clover comet condor ' +
  'cove crane cricket curlew dune ember falcon fern finch fjord gannet glacier harbour hare heron ibex ' +
  'island jay juniper kestrel lagoon lantern larch linnet lynx maple marten meadow mole moth newt oriole ' +
  'otter pebble pine plover quail raven river robin rowan sparrow spruce swift tern thistle willow wren'
).split(' ')

/** Random bytes that {@link friendlyRunName} uses up. */
export const RUN_NAME_BYTES = 4

/**
 * A name a person can remember and say, `adjective-noun-number` with a number in 0…999, for example `calm-heron-42`.
 * Names need not be unique: the run's id is.
 *
 * @param bytes at least four random bytes
 * @throws RangeError when there are fewer
 */
export function friendlyRunName(bytes: Uint8Array): string {
  const [first, second, high, low] = bytes
  if (first === undefined || second === undefined || high === undefined || low === undefined)
    throw new RangeError(`a run name needs ${RUN_NAME_BYTES} random bytes, found ${bytes.length}`)
  return `${ADJECTIVES[first % ADJECTIVES.length]}-${NOUNS[second % NOUNS.length]}-${(high * 256 + low) % 1000}`
}
