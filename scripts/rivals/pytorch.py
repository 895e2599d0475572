"""PyTorch, eager, training rf5-13k: a rival of the benchmark, asked over stdin and stdout, one JSON object a line.

usage: pytorch.py THREADS BATCH
{"kind": "open"}                -> how it computes; both memory layouts are tried, the faster one is taken
{"kind": "turn", "seconds": 1}  -> {"steps", "seconds", "losses"}
"""
import json
import math
import sys
import time

import torch
from torch import nn

THREADS, BATCH = int(sys.argv[1]), int(sys.argv[2])
LEARNING_RATE, MOMENTUM = 0.01, 0.9
BATCHES = 4
TRIAL_SECONDS = 1.5


def rectified(inputs, outputs, padding=0):
    return [
        nn.Conv2d(inputs, outputs, 3, padding=padding, bias=False),
        nn.ReLU(),
        nn.BatchNorm2d(outputs),
        nn.Dropout(0.1),
    ]


def network():
    return nn.Sequential(
        *rectified(1, 16),
        *rectified(16, 32),
        nn.Conv2d(32, 10, 1, bias=False),
        nn.MaxPool2d(2),
        *rectified(10, 16),
        *rectified(16, 16),
        *rectified(16, 16),
        *rectified(16, 16, padding=1),
        nn.AvgPool2d(6),
        nn.Conv2d(16, 10, 1, bias=False),
        nn.Flatten(),
    )


def digits(count):
    """The benchmark's striped digits: the direction is the class, place and darkness are random."""
    random = torch.Generator().manual_seed(1)
    labels = torch.arange(count) % 10
    angle = labels / 10 * math.pi
    shift = torch.randint(5, (count,), generator=random)
    ink = (128 + torch.randint(128, (count,), generator=random)) / 255
    rows, columns = torch.arange(28).view(28, 1), torch.arange(28).view(1, 28)
    across = columns * torch.cos(angle).view(-1, 1, 1) + rows * torch.sin(angle).view(-1, 1, 1)
    inked = torch.remainder(across + shift.view(-1, 1, 1), 5) < 1
    images = (inked * ink.view(-1, 1, 1) - 0.1307) / 0.3081
    return images.view(count, 1, 28, 28), labels


class Trainer:
    def __init__(self, layout):
        torch.manual_seed(1)
        self.model = network().to(memory_format=layout)
        self.model.train()
        self.optimizer = torch.optim.SGD(self.model.parameters(), LEARNING_RATE, MOMENTUM)
        images, labels = digits(BATCH * BATCHES)
        self.batches = [
            (x.contiguous(memory_format=layout), y) for x, y in zip(images.split(BATCH), labels.split(BATCH))
        ]
        self.steps = 0

    def step(self):
        images, labels = self.batches[self.steps % BATCHES]
        self.steps += 1
        self.optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(self.model(images), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def turn(self, seconds):
        losses = []
        started = time.perf_counter()
        while not losses or time.perf_counter() - started < seconds:
            losses.append(self.step())
        return {"steps": len(losses), "seconds": time.perf_counter() - started, "losses": losses}


def fastest():
    best, name, rate = None, "", 0.0
    for layout in (torch.contiguous_format, torch.channels_last):
        trainer = Trainer(layout)
        trainer.turn(TRIAL_SECONDS / 3)
        trial = trainer.turn(TRIAL_SECONDS)
        found = trial["steps"] / trial["seconds"]
        if found > rate:
            best, name, rate = layout, str(layout).removeprefix("torch."), found
    return Trainer(best), name


def main():
    torch.set_num_threads(THREADS)
    trainer = None
    for line in sys.stdin:
        question = json.loads(line)
        if question["kind"] == "open":
            trainer, layout = fastest()
            answer = {
                "backend": f"PyTorch {torch.__version__}, eager, {layout}",
                "device": f"CPU · {THREADS} {'thread' if THREADS == 1 else 'threads'}",
                "threads": THREADS,
                "record": None,
                "host": f"Python {sys.version.split()[0]}",
            }
        else:
            answer = trainer.turn(question["seconds"])
        print(json.dumps(answer), flush=True)


main()
