#!/usr/bin/env python3
"""Records a trace of measured kernels and model passes on one CUDA GPU, as a CSV file that Ridgepoint reads.

    python3 record.py --out my-gpu.csv                  # half an hour; run it again to go on where it stopped
    python3 record.py --out my-gpu.csv --minutes 5      # a first look
    python3 record.py --plan                            # what would run, without a GPU and without PyTorch

    ridge validate --trace my-gpu.csv
    ridge calibrate --accelerator <name> --trace my-gpu.csv

Needs Python 3.9 or later and PyTorch 2.x. Clocks, temperature, power and energy come from NVML (pip install nvidia-ml-py),
else from nvidia-smi; without either, only times are written. Nothing changes a clock or a limit of the GPU.

How it measures. Operands are random normal numbers; shapes are drawn from a seed and run in shuffled order, so that a run
which ends early is an even sample of the plan. A kernel is captured in a CUDA graph, over several copies of its operands in
turn (`copies` in notes) and for about 2 ms of work; its time is the mean of the replays that follow the warm-up ones. Rows
tagged `sustained` replay the graph for a window of at least 2 s under steady load: their time, power, energy of one run,
clock and temperature are those of the window. Passes of models (op `serve`) run eagerly, one kernel at a time as the host
launches them, over such a window. `launch` in notes says graph, or queued for kernels that a host queues ahead.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import math
import os
import platform
import random
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Optional, TextIO

try:
    import torch
    from torch.nn import functional
except ImportError:  # `--plan` needs none of it.
    torch = None  # type: ignore[assignment]

SCRIPT_VERSION = 1

# The columns of a kernel trace, in the order in which Ridgepoint writes them (`ridge schema trace`).
COLUMNS = (
    "device source framework op dtype m n k batch heads kv_heads head_dim seq_q seq_kv window bytes ranks "
    "latency_us power_w energy_j clock_mhz power_limit_w model kernel notes"
).split()
SIZE_COLUMNS = "m n k batch heads kv_heads head_dim seq_q seq_kv".split()

DTYPE_BYTES = {"bf16": 2, "fp16": 2, "fp32": 4}

# Names that drivers give, without maker and line, and Ridgepoint's names of the same devices.
DEVICES = {
    "a10": "a10",
    "a40": "a40",
    "a100-pcie-40gb": "a100-pcie-40gb",
    "a100 80gb pcie": "a100-pcie-80gb",
    "a100-sxm4-40gb": "a100-sxm-40gb",
    "a100-sxm4-80gb": "a100-sxm-80gb",
    "b200": "b200-sxm",
    "gh200 480gb": "gh200",
    "h100 pcie": "h100-pcie",
    "h100 80gb hbm3": "h100-sxm",
    "h200": "h200-sxm",
    "l4": "l4",
    "l40s": "l40s",
    "p100-pcie-16gb": "p100-pcie",
    "p4": "p4",
    "quadro rtx 6000": "quadro-rtx-6000",
    "t4": "t4",
    "v100-pcie-32gb": "v100-pcie-32gb",
}


# --- What to run: needs no GPU ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """One row to record; a size that does not apply is None."""

    op: str
    dtype: str
    kind: str = ""  # First word of the notes: which elementwise function, norm, or product.
    m: Optional[int] = None
    n: Optional[int] = None
    k: Optional[int] = None
    batch: Optional[int] = None
    heads: Optional[int] = None
    kv_heads: Optional[int] = None
    head_dim: Optional[int] = None
    seq_q: Optional[int] = None
    seq_kv: Optional[int] = None
    model: str = ""
    sustained: bool = False

    def sizes(self) -> dict[str, str]:
        """The size columns as a row writes them."""
        written = {name: getattr(self, name) for name in SIZE_COLUMNS}
        return {name: "" if size is None else str(size) for name, size in written.items()}

    def key(self) -> tuple[str, ...]:
        """What tells this row from every other of the file."""
        return (self.op, self.dtype, self.model, self.kind, "sustained" if self.sustained else "", *self.sizes().values())

    def label(self) -> str:
        """The shape in a few words, for the progress line."""
        sizes = " ".join(f"{name}={size}" for name, size in self.sizes().items() if size)
        return " ".join(word for word in (self.op, self.dtype, self.model, self.kind, sizes) if word)


def row_key(row: dict[str, str]) -> tuple[str, ...]:
    """The key of the shape that a written row measured."""
    words = [word.strip() for word in row["notes"].split(";")]
    tags = [word for word in words if word and "=" not in word]
    kind = next((tag for tag in tags if tag != "sustained"), "")
    sizes = tuple(row[name] for name in SIZE_COLUMNS)
    return (row["op"], row["dtype"], row["model"], kind, "sustained" if "sustained" in tags else "", *sizes)


Draw = random.Random


def log_integer(draw: Draw, least: int, most: int, step: int = 1) -> int:
    """A whole number whose logarithm is evenly spread, rounded to a multiple of `step`."""
    number = math.exp(draw.uniform(math.log(least), math.log(most)))
    return max(step, round(number / step) * step)


def row_count(draw: Draw) -> int:
    """Rows of an activation: one token, a ragged number, or whole tiles."""
    share = draw.random()
    if share < 0.15:
        return 1
    return log_integer(draw, 2, 16384) if share < 0.65 else log_integer(draw, 64, 16384, 64)


def width(draw: Draw) -> int:
    """A dimension of a weight: aligned and wide, aligned and at most 256, or ragged."""
    share = draw.random()
    if share < 0.7:
        return log_integer(draw, 256, 16384, 64)
    return log_integer(draw, 32, 256, 8) if share < 0.93 else log_integer(draw, 33, 8192)


def gemm_shape(draw: Draw, dtype: str) -> Shape:
    """A product with a weight, or one of nine times out of a hundred, of two batches of activations."""
    if draw.random() < 0.91:
        return Shape("gemm", dtype, m=row_count(draw), n=width(draw), k=width(draw))
    m, n, k = (log_integer(draw, 16, 2048, draw.choice((1, 8, 64))) for _ in range(3))
    return Shape("gemm", dtype, "bmm", m=m, n=n, k=k, batch=log_integer(draw, 2, 512))


HEADS = ((8, 8), (16, 16), (32, 32), (12, 2), (28, 4), (32, 8), (40, 8), (64, 8))


def prefill_shape(draw: Draw, dtype: str) -> Shape:
    """Causal attention of whole prompts."""
    tokens = log_integer(draw, 16, 16384, draw.choice((1, 64)))
    return attention_shape(draw, Shape("attention_prefill", dtype, "causal", batch=log_integer(draw, 1, 32), seq_q=tokens, seq_kv=tokens))


def decode_shape(draw: Draw, dtype: str) -> Shape:
    """Attention of one new token of each sequence."""
    keys = log_integer(draw, 16, 65536, draw.choice((1, 16)))
    return attention_shape(draw, Shape("attention_decode", dtype, "causal", batch=log_integer(draw, 1, 256), seq_q=1, seq_kv=keys))


def attention_shape(draw: Draw, shape: Shape) -> Shape:
    """The shape with heads of a published model, or as many key heads as query heads."""
    heads, kv_heads = draw.choice(HEADS)
    return replace(shape, heads=heads, kv_heads=kv_heads, head_dim=draw.choice((64, 128)))


def norm_shape(draw: Draw, dtype: str) -> Shape:
    """LayerNorm or RMSNorm of rows."""
    return Shape("layernorm", dtype, draw.choice(("layernorm", "rmsnorm")), m=row_count(draw), n=log_integer(draw, 64, 16384, 8))


def softmax_shape(draw: Draw, dtype: str) -> Shape:
    """Softmax of rows."""
    return Shape("softmax", dtype, "softmax", m=log_integer(draw, 1, 262144), n=log_integer(draw, 16, 16384))


ELEMENT_FUNCTIONS = ("add", "mul", "addu", "mulu", "relu", "tanh", "gelu", "gelu-tanh", "silu")


def element_shape(draw: Draw, dtype: str) -> Shape:
    """An elementwise function of one tensor or two."""
    return Shape("elementwise", dtype, draw.choice(ELEMENT_FUNCTIONS), m=row_count(draw), n=log_integer(draw, 64, 32768, 8))


# How many rows of each class, and of each format, the plan holds.
FAMILIES: dict[Callable[[Draw, str], Shape], tuple[int, tuple[str, ...]]] = {
    gemm_shape: (500, ("bf16", "fp16", "fp32")),
    prefill_shape: (150, ("bf16", "fp16")),
    decode_shape: (150, ("bf16", "fp16")),
    norm_shape: (80, ("bf16", "fp16", "fp32")),
    softmax_shape: (60, ("bf16", "fp16", "fp32")),
    element_shape: (120, ("bf16", "fp16", "fp32")),
}
SUSTAINED_SHARE = 0.1


@dataclass(frozen=True)
class Model:
    """Dimensions of a model that Ridgepoint ships under the same name."""

    family: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int
    positions: int

    @property
    def parameter_count(self) -> int:
        """Weights of the layers and of the embedding, to see whether they fit."""
        head_dim = self.hidden // self.heads
        attention = 2 * self.hidden * (self.hidden + self.kv_heads * head_dim)
        mlp = (3 if self.family == "llama" else 2) * self.hidden * self.intermediate
        return self.layers * (attention + mlp) + (2 if self.family == "llama" else 1) * self.vocabulary * self.hidden


MODELS = {
    "bert-large": Model("bert", 24, 1024, 16, 16, 4096, 30522, 512),
    "gpt2": Model("gpt2", 12, 768, 12, 12, 3072, 50257, 1024),
    "gpt2-large": Model("gpt2", 36, 1280, 20, 20, 5120, 50257, 1024),
    "opt-1.3b": Model("opt", 24, 2048, 32, 32, 8192, 50272, 2048),
    "llama-3.1-8b": Model("llama", 32, 4096, 32, 8, 14336, 128256, 2048),
}


def pass_shapes(dtype: str) -> Iterator[Shape]:
    """Prefill passes of every model, a few batches and prompts each."""
    for name, model in MODELS.items():
        for batch in (1, 8):
            for tokens in (128, 512, 1024):
                if tokens <= model.positions:
                    yield Shape("serve", dtype, "eager", batch=batch, seq_q=tokens, model=name, sustained=True)


def work_of(shape: Shape) -> tuple[float, float]:
    """Operations, and bytes of one set of operands and result, of a kernel."""
    m, n, k, batch = shape.m or 1, shape.n or 1, shape.k or 1, shape.batch or 1
    element_bytes = DTYPE_BYTES[shape.dtype]
    if shape.op == "gemm":
        return 2.0 * m * n * k * batch, element_bytes * batch * (m * k + k * n + m * n)
    if shape.op.startswith("attention"):
        heads, kv_heads, head_dim = shape.heads or 1, shape.kv_heads or 1, shape.head_dim or 1
        seq_q, seq_kv = shape.seq_q or 1, shape.seq_kv or 1
        elements = 2.0 * batch * head_dim * (heads * seq_q + kv_heads * seq_kv)
        return 4.0 * batch * heads * seq_q * seq_kv * head_dim, element_bytes * elements
    return 1.0 * m * n, 3.0 * element_bytes * m * n


def is_moderate(shape: Shape) -> bool:
    """Small enough that a slow GPU runs it in well under a second, and that it fits in the memory of most."""
    operations, operand_bytes = work_of(shape)
    return operations <= (4e11 if shape.dtype == "fp32" else 1e13) and operand_bytes <= 1e9


def planned_shapes(seed: int, dtypes: Iterable[str]) -> list[Shape]:
    """Every row to record, in shuffled order; the same for the same seed, whatever the other formats are."""
    shapes: list[Shape] = []
    for dtype in dtypes:
        for family, (count, family_dtypes) in FAMILIES.items():
            if dtype in family_dtypes:
                draw = Draw(f"{seed} {family.__name__} {dtype}")
                moderate = [shape for shape in (family(draw, dtype) for _ in range(2 * count)) if is_moderate(shape)][:count]
                shapes += moderate
                shapes += [replace(shape, sustained=True) for shape in moderate if draw.random() < SUSTAINED_SHARE]
        shapes += pass_shapes(dtype)
    distinct = list({shape.key(): shape for shape in shapes}.values())
    Draw(f"{seed} order").shuffle(distinct)
    return distinct


# --- The file --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measurement:
    """What one row states besides its shape, in the units of the columns."""

    latency_us: float
    kernel: str = ""
    power_w: Optional[float] = None
    clock_mhz: Optional[float] = None
    power_limit_w: Optional[float] = None
    notes: tuple[str, ...] = ()


def written(number: Optional[float], digits: int = 6) -> str:
    """A number as a cell, empty when there is none."""
    return "" if number is None else f"{number:.{digits}g}"


def cells_of(shape: Shape, measured: Optional[Measurement], device: str = "", framework: str = "") -> list[str]:
    """A row of the file; without a measurement it is a row of the plan."""
    tags = [shape.kind] if shape.kind else []
    tags += ["sustained"] if shape.sustained else []
    row = {"device": device, "source": "ridgepoint", "framework": framework, "op": shape.op, "dtype": shape.dtype, "model": shape.model}
    row.update(shape.sizes())
    if shape.op.startswith("attention"):
        row["window"] = "0"
    if measured is not None:
        energy_j = None if measured.power_w is None else measured.power_w * measured.latency_us * 1e-6
        row["latency_us"] = written(measured.latency_us)
        row["power_w"], row["energy_j"] = written(measured.power_w), written(energy_j)
        row["clock_mhz"], row["power_limit_w"] = written(measured.clock_mhz, 5), written(measured.power_limit_w)
        row["kernel"] = measured.kernel
        tags += measured.notes
    row["notes"] = ";".join(tags)
    return [row.get(name, "") for name in COLUMNS]


def new_writer(stream: TextIO) -> Any:
    """Cells to lines, the same on every system."""
    return csv.writer(stream, lineterminator="\n")


class TraceFile:
    """The file that is recorded into: what it holds already, and rows at its end, each on the disk at once."""

    def __init__(self, path: Path, comments: list[str]) -> None:
        self.path = path
        self.comments = comments

    def done(self) -> set[tuple[str, ...]]:
        """Keys of the rows that the file holds; empty when there is no file."""
        if not self.path.exists():
            return set()
        lines = [line for line in self.path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("#")]
        if lines and not lines[-1].endswith("\n"):
            lines.pop()
        rows = list(csv.DictReader(lines))
        if lines and next(csv.reader(lines[:1])) != COLUMNS:
            raise SystemExit(f"{self.path}: other columns than this script writes; choose another --out")
        return {row_key(row) for row in rows}

    def open(self) -> TextIO:
        """The file, ready for rows: begun with its comments, or continued when the same GPU and driver wrote it."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            stream = self.path.open("w", encoding="utf-8", newline="")
            stream.writelines(f"# {comment}\n" for comment in self.comments)
            new_writer(stream).writerow(COLUMNS)
            stream.flush()
            return stream
        self.__check_origin()
        self.__drop_unfinished_line()
        return self.path.open("a", encoding="utf-8", newline="")

    def __check_origin(self) -> None:
        held = self.path.read_text(encoding="utf-8").splitlines()
        for prefix in ("GPU:", "Software:"):
            ours = next(comment for comment in self.comments if comment.startswith(prefix))
            theirs = next((line[2:] for line in held if line.startswith(f"# {prefix}")), "nothing")
            if ours != theirs:
                raise SystemExit(f"{self.path}: recorded with another set-up; choose another --out\n  there: {theirs}\n  here:  {ours}")

    def __drop_unfinished_line(self) -> None:
        content = self.path.read_bytes()
        end = content.rfind(b"\n") + 1
        if end < len(content):
            with self.path.open("r+b") as stream:
                stream.truncate(end)


# --- Clocks, temperature, power --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What the sensors of the GPU say at one moment; None where one has nothing to say."""

    time_s: float
    clock_mhz: Optional[float] = None
    temperature_c: Optional[float] = None
    power_w: Optional[float] = None
    energy_j: Optional[float] = None


class Sensors:
    """A GPU without sensors, and what every kind of sensors has."""

    name = "none"
    driver = "unknown"
    period_s = 0.1
    power_limit_w: Optional[float] = None

    def read(self) -> Reading:
        """All sensors at this moment."""
        return Reading(time.perf_counter())


class NvmlSensors(Sensors):
    """Sensors through the driver's own library; the energy counter stands still for 20 to 100 ms between its steps."""

    name = "NVML"
    period_s = 0.01

    def __init__(self, uuid: str, index: int) -> None:
        import pynvml

        self.nvml = pynvml
        pynvml.nvmlInit()
        self.handle = pynvml.nvmlDeviceGetHandleByUUID(uuid) if uuid else pynvml.nvmlDeviceGetHandleByIndex(index)
        driver = pynvml.nvmlSystemGetDriverVersion()
        self.driver = driver.decode() if isinstance(driver, bytes) else str(driver)
        self.power_limit_w = self.__value(pynvml.nvmlDeviceGetEnforcedPowerLimit, 1e-3)

    def __value(self, query: Callable[..., Any], scale: float, *rest: int) -> Optional[float]:
        try:
            return float(query(self.handle, *rest)) * scale
        except self.nvml.NVMLError:
            return None

    def read(self) -> Reading:
        """All sensors; those that the GPU lacks stay empty."""
        nvml = self.nvml
        return Reading(
            time.perf_counter(),
            clock_mhz=self.__value(nvml.nvmlDeviceGetClockInfo, 1.0, nvml.NVML_CLOCK_SM),
            temperature_c=self.__value(nvml.nvmlDeviceGetTemperature, 1.0, nvml.NVML_TEMPERATURE_GPU),
            power_w=self.__value(nvml.nvmlDeviceGetPowerUsage, 1e-3),
            energy_j=self.__value(nvml.nvmlDeviceGetTotalEnergyConsumption, 1e-3),
        )


class SmiSensors(Sensors):
    """The same through the nvidia-smi program, without an energy counter."""

    name = "nvidia-smi"

    def __init__(self, uuid: str, index: int) -> None:
        self.identity = uuid or str(index)
        self.driver, limit = self.__query("driver_version,enforced.power.limit")
        self.power_limit_w = number_or_none(limit)

    def __query(self, fields: str) -> list[str]:
        command = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader,nounits", "-i", self.identity]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
        return [cell.strip() for cell in answer.stdout.strip().split(",")]

    def read(self) -> Reading:
        """All sensors at the middle of the time that the program took."""
        before_s = time.perf_counter()
        clock, temperature, power = (number_or_none(cell) for cell in self.__query("clocks.sm,temperature.gpu,power.draw"))
        return Reading((before_s + time.perf_counter()) / 2, clock, temperature, power)


def number_or_none(text: str) -> Optional[float]:
    """A number, or None for what stands in its place where there is none: [N/A], [Not Supported]."""
    try:
        return float(text)
    except ValueError:
        return None


def open_sensors(uuid: str, index: int) -> Sensors:
    """The best sensors that this machine has, and a word on the screen when there are none."""
    reasons = []
    for kind in (NvmlSensors, SmiSensors):
        try:
            return kind(uuid, index)
        except Exception as error:  # No package, no library, no such GPU, no permission: each is reason enough.
            reasons.append(f"{kind.name}: {error}")
    say("no clocks, temperature or power: " + "; ".join(reasons))
    return Sensors()


class Sampling:
    """Reads the sensors in the background while the `with` block runs."""

    def __init__(self, sensors: Sensors) -> None:
        self.sensors = sensors
        self.readings: list[Reading] = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.__run, daemon=True)

    def __run(self) -> None:
        try:
            while not self.stopped.is_set():
                self.readings.append(self.sensors.read())
                self.stopped.wait(self.sensors.period_s)
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            say(f"{self.sensors.name} stopped answering: {error}")

    def __enter__(self) -> Sampling:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join()

    def mean(self, name: str) -> Optional[float]:
        """The mean of a sensor over all readings."""
        values = [value for value in (getattr(reading, name) for reading in self.readings) if value is not None]
        return sum(values) / len(values) if values else None

    def power(self) -> Optional[tuple[float, str, float]]:
        """Mean power, where it comes from, and the seconds it covers: between steps of the counter, else all power readings."""
        counted = [(reading.time_s, reading.energy_j) for reading in self.readings if reading.energy_j is not None]
        steps = [after for before, after in zip(counted, counted[1:]) if after[1] > before[1]]
        if len(steps) >= 2:
            seconds = steps[-1][0] - steps[0][0]
            return (steps[-1][1] - steps[0][1]) / seconds, "counter", seconds
        sampled = [(reading.time_s, reading.power_w) for reading in self.readings if reading.power_w is not None]
        if len(sampled) < 2:
            return None
        seconds = sampled[-1][0] - sampled[0][0]
        joules = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(sampled, sampled[1:]))
        return joules / seconds, "samples", seconds


# --- The kernels -----------------------------------------------------------------------------------------------------


class CannotRun(Exception):
    """This GPU, or this version of PyTorch, does not run a shape; the next one may run."""


@dataclass(frozen=True)
class Kernel:
    """How to make a set of operands, and what to do with it."""

    operands: Callable[[], tuple[Any, ...]]
    run: Callable[..., Any]
    name: str = ""


def torch_dtype(shape: Shape) -> Any:
    """PyTorch's number format of a shape."""
    return {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[shape.dtype]


def kernel_of(shape: Shape, device: Any) -> Kernel:
    """The kernel of a shape in PyTorch."""
    dtype = torch_dtype(shape)

    def normal(*sizes: Optional[int]) -> Any:
        return torch.randn(tuple(size or 1 for size in sizes), dtype=dtype, device=device)

    m, n, k, batch = shape.m, shape.n, shape.k, shape.batch
    if shape.kind == "bmm":
        return Kernel(lambda: (normal(batch, m, k), normal(batch, k, n)), torch.bmm)
    if shape.op == "gemm":
        return Kernel(lambda: (normal(m, k), normal(n, k)), functional.linear)
    if shape.op == "softmax":
        return Kernel(lambda: (normal(m, n),), lambda x: functional.softmax(x, dim=-1))
    if shape.op == "layernorm":
        return norm_kernel(shape, normal)
    if shape.op == "elementwise":
        return element_kernel(shape, normal)
    return attention_kernel(shape, normal)


def norm_kernel(shape: Shape, normal: Callable[..., Any]) -> Kernel:
    """A norm as one kernel; RMSNorm is one only since PyTorch 2.9."""
    m, n = shape.m or 1, shape.n or 1
    if shape.kind == "layernorm":
        return Kernel(lambda: (normal(m, n), normal(n), normal(n)), lambda x, w, b: functional.layer_norm(x, (n,), w, b))
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) < (2, 9):
        raise CannotRun("RMSNorm is several kernels in this version of PyTorch")
    return Kernel(lambda: (normal(m, n), normal(n)), lambda x, w: functional.rms_norm(x, (n,), w, 1e-6))


def element_kernel(shape: Shape, normal: Callable[..., Any]) -> Kernel:
    """An elementwise function of one tensor or two."""
    functions: dict[str, Callable[..., Any]] = {
        "add": torch.add,
        "mul": torch.mul,
        "addu": lambda x: x + 1.5,
        "mulu": lambda x: x * 1.5,
        "relu": torch.relu,
        "tanh": torch.tanh,
        "gelu": functional.gelu,
        "gelu-tanh": lambda x: functional.gelu(x, approximate="tanh"),
        "silu": functional.silu,
    }
    count = 2 if shape.kind in ("add", "mul") else 1
    return Kernel(lambda: tuple(normal(shape.m, shape.n) for _ in range(count)), functions[shape.kind])


FLASH_CAPABILITY = 8  # FlashAttention runs from Ampere on.


def attention_kernel(shape: Shape, normal: Callable[..., Any]) -> Kernel:
    """Fused attention; operands lie token by token, as projections leave them."""
    is_flash = torch.cuda.get_device_capability()[0] >= FLASH_CAPABILITY
    if shape.kv_heads != shape.heads and not is_flash:
        raise CannotRun("fused attention with fewer key heads than query heads needs FlashAttention")
    # A lone query sees every key; PyTorch's causal mask would show it the first one only.
    options: dict[str, Any] = {"is_causal": shape.op == "attention_prefill"}
    if shape.kv_heads != shape.heads:
        options["enable_gqa"] = True

    def operands() -> tuple[Any, ...]:
        query = normal(shape.batch, shape.seq_q, shape.heads, shape.head_dim)
        keys = [normal(shape.batch, shape.seq_kv, shape.kv_heads, shape.head_dim) for _ in range(2)]
        return tuple(tensor.transpose(1, 2) for tensor in (query, *keys))

    run = functional.scaled_dot_product_attention
    return Kernel(operands, lambda q, k, v: run(q, k, v, **options), "sdpa_flash" if is_flash else "sdpa_efficient")


# --- The models, each kernel on its own as eager PyTorch runs them ---------------------------------------------------


class Transformer:
    """A model of random weights; its forward pass issues operations in the order of eager Hugging Face code."""

    def __init__(self, model: Model, batch: int, tokens: int, dtype: Any, device: Any) -> None:
        self.model, self.batch, self.tokens = model, batch, tokens
        self.head_dim = model.hidden // model.heads
        self.options = {"dtype": dtype, "device": device}
        self.is_llama = model.family == "llama"
        hidden, kv_width = model.hidden, model.kv_heads * self.head_dim
        widths = {"gpt2": {"qkv": 3 * hidden}}.get(model.family, {"q": hidden, "k": kv_width, "v": kv_width})
        gates = {"gate": (model.intermediate, hidden)} if self.is_llama else {}
        shapes = {**{name: (n, hidden) for name, n in widths.items()}, "o": (hidden, hidden)}
        shapes.update({**gates, "up": (model.intermediate, hidden), "down": (hidden, model.intermediate)})
        self.layers = [{name: self.__linear(*shape) for name, shape in shapes.items()} for _ in range(model.layers)]
        self.norm_weights = (torch.ones(hidden, **self.options), torch.zeros(hidden, **self.options))
        self.embedding = self.__weight(model.vocabulary, hidden)
        self.positions = self.__weight(model.positions, hidden)
        self.token_types = self.__weight(2, hidden)
        self.head = self.__weight(model.vocabulary, hidden) if self.is_llama else self.embedding
        self.pooler = self.__linear(hidden, hidden)
        cache = (batch, model.kv_heads, tokens, self.head_dim)
        self.cache = (torch.empty(cache, **self.options), torch.empty(cache, **self.options))
        self.token_ids = torch.randint(model.vocabulary, (batch, tokens), device=device)
        self.position_ids = torch.arange(tokens, device=device).unsqueeze(0)
        self.type_ids = torch.zeros((batch, tokens), dtype=torch.long, device=device)
        self.mask = self.__mask()
        self.rotation = tuple(torch.randn((tokens, self.head_dim), **self.options) for _ in range(2))

    def __weight(self, *sizes: int) -> Any:
        return torch.randn(sizes, **self.options) * 0.02

    def __linear(self, n: int, k: int) -> tuple[Any, Any]:
        return self.__weight(n, k), None if self.is_llama else self.__weight(n)

    def __mask(self) -> Any:
        """Zero where a query sees a key."""
        if self.model.family == "bert":
            return torch.zeros((self.batch, 1, 1, self.tokens), **self.options)
        hidden = torch.full((self.tokens, self.tokens), torch.finfo(self.options["dtype"]).min, **self.options)
        return torch.triu(hidden, diagonal=1)[None, None]

    def forward(self) -> Any:
        """One pass: logits of every token, or of an encoder, the pooled state."""
        family = self.model.family
        state = functional.embedding(self.token_ids, self.embedding)
        if not self.is_llama:
            state = state + functional.embedding(self.position_ids, self.positions)
        if family == "bert":
            state = self.__norm(state + functional.embedding(self.type_ids, self.token_types))
        for layer in self.layers:
            state = self.__post_norm_layer(state, layer) if family == "bert" else self.__pre_norm_layer(state, layer)
        if family == "bert":
            return torch.tanh(functional.linear(state[:, 0], *self.pooler))
        return functional.linear(self.__norm(state), self.head)

    def __pre_norm_layer(self, state: Any, layer: dict[str, Any]) -> Any:
        state = state + functional.linear(self.__attention(self.__norm(state), layer), *layer["o"])
        return state + self.__mlp(self.__norm(state), layer)

    def __post_norm_layer(self, state: Any, layer: dict[str, Any]) -> Any:
        state = self.__norm(state + functional.linear(self.__attention(state, layer), *layer["o"]))
        return self.__norm(state + self.__mlp(state, layer))

    def __norm(self, state: Any) -> Any:
        weight, bias = self.norm_weights
        if not self.is_llama:
            return functional.layer_norm(state, (self.model.hidden,), weight, bias)
        wide = state.to(torch.float32)
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-5)
        return weight * wide.to(state.dtype)

    def __mlp(self, state: Any, layer: dict[str, Any]) -> Any:
        wide = functional.linear(state, *layer["up"])
        if self.is_llama:
            wide = functional.silu(functional.linear(state, *layer["gate"])) * wide
        elif self.model.family == "gpt2":
            wide = 0.5 * wide * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (wide + 0.044715 * torch.pow(wide, 3.0))))
        else:
            wide = functional.gelu(wide) if self.model.family == "bert" else functional.relu(wide)
        return functional.linear(wide, *layer["down"])

    def __projections(self, state: Any, layer: dict[str, Any]) -> list[Any]:
        if self.model.family == "gpt2":
            parts = torch.split(functional.linear(state, *layer["qkv"]), self.model.hidden, dim=-1)
        else:
            parts = tuple(functional.linear(state, *layer[name]) for name in ("q", "k", "v"))
        return [part.view(self.batch, self.tokens, -1, self.head_dim).transpose(1, 2) for part in parts]

    def __attention(self, state: Any, layer: dict[str, Any]) -> Any:
        query, key, value = self.__projections(state, layer)
        if self.is_llama:
            query, key = self.__rotated(query), self.__rotated(key)
        if self.model.family != "bert":
            for kept, fresh in zip(self.cache, (key, value)):
                kept.copy_(fresh)
        if self.model.kv_heads < self.model.heads:
            key, value = self.__repeated(key), self.__repeated(value)
        scale = 1.0 / math.sqrt(self.head_dim)
        if self.model.family == "opt":
            query = query * scale
        scores = torch.matmul(query, key.transpose(2, 3))
        weighted = torch.matmul(self.__probabilities(scores, scale), value)
        return weighted.transpose(1, 2).reshape(self.batch, self.tokens, -1)

    def __probabilities(self, scores: Any, scale: float) -> Any:
        if self.model.family == "gpt2":  # Scale and mask in one kernel.
            return functional.softmax(torch.add(self.mask, scores, alpha=scale), dim=-1)
        if self.model.family != "opt":
            scores = scores * scale
        scores = scores + self.mask
        if self.model.family == "bert":
            return functional.softmax(scores, dim=-1)
        return functional.softmax(scores, dim=-1, dtype=torch.float32).to(scores.dtype)

    def __rotated(self, heads: Any) -> Any:
        cosine, sine = self.rotation
        first, second = heads.chunk(2, dim=-1)
        return heads * cosine + torch.cat((-second, first), dim=-1) * sine

    def __repeated(self, heads: Any) -> Any:
        count = self.model.heads // self.model.kv_heads
        sizes = (self.batch, self.model.kv_heads, count, self.tokens, self.head_dim)
        return heads[:, :, None].expand(sizes).reshape(self.batch, self.model.heads, self.tokens, self.head_dim)


# --- Timing ----------------------------------------------------------------------------------------------------------

GRAPH_SECONDS = 2e-3  # Work of one graph: its own launch is lost in that.
GRAPH_CALL_LIMIT = 1024
SHORT_SECONDS = 0.03  # Timed replays of a short row, after as much warm-up: over before the power limit lowers the clock for long.
SETTLE_SECONDS = 1.0  # Before a window: power readings of recent GPUs are means over a second.
BATCH_SECONDS = 0.05  # Work that is queued at once; two batches are in flight.


class Bench:
    """One GPU, its sensors, and how a run is timed on it."""

    def __init__(self, index: int, sensors: Sensors, copies: int, window_s: float) -> None:
        self.device = torch.device("cuda", index)
        self.sensors = sensors
        self.copies = copies
        self.window_s = window_s
        self.stream = torch.cuda.Stream(self.device)

    def measure(self, shape: Shape) -> Measurement:
        """The row of a shape, in memory that no shape before it holds."""
        torch.cuda.empty_cache()
        try:
            with torch.cuda.stream(self.stream):
                return self.__pass_row(shape) if shape.op == "serve" else self.__kernel_row(shape)
        except torch.cuda.OutOfMemoryError:
            raise CannotRun("out of memory") from None

    def __kernel_row(self, shape: Shape) -> Measurement:
        kernel = kernel_of(shape, self.device)
        copies = self.__copies(work_of(shape)[1])
        operands = [kernel.operands() for _ in range(copies)]
        graph, call_count, graph_s = self.__graph(kernel, operands)
        notes = (f"copies={copies}", "launch=graph")
        if shape.sustained:
            return self.__window(graph.replay, call_count, graph_s, notes, kernel.name)
        return self.__short(graph.replay, call_count, graph_s, notes, kernel.name)

    def __pass_row(self, shape: Shape) -> Measurement:
        model = MODELS[shape.model]
        self.__require(1.3 * model.parameter_count * DTYPE_BYTES[shape.dtype])
        transformer = Transformer(model, shape.batch or 1, shape.seq_q or 1, torch_dtype(shape), self.device)
        for _ in range(3):
            transformer.forward()
        pass_s = self.__mean_seconds(transformer.forward, 3)
        return self.__window(transformer.forward, 1, pass_s, ("attention=eager", "launch=queued"), "")

    def __free_bytes(self) -> float:
        free: int = torch.cuda.mem_get_info(self.device)[0]
        return 0.8 * free

    def __require(self, byte_count: float) -> None:
        if byte_count > self.__free_bytes():
            raise CannotRun(f"needs {byte_count / 2**30:.1f} GiB of memory")

    def __copies(self, operand_bytes: float) -> int:
        self.__require(1.2 * operand_bytes)
        return max(1, min(self.copies, int(self.__free_bytes() / operand_bytes) - 1))

    def __graph(self, kernel: Kernel, operands: list[tuple[Any, ...]]) -> tuple[Any, int, float]:
        """A graph of runs over the copies in turn, how many runs it holds, and the seconds it takes."""
        for copy in operands:
            kernel.run(*copy)
        graph = self.__captured(kernel, operands, 1)
        graph.replay()
        graph_s = self.__mean_seconds(graph.replay, 1)
        rounds = min(math.ceil(GRAPH_SECONDS / graph_s), max(1, GRAPH_CALL_LIMIT // len(operands)))
        if rounds > 1:
            graph = self.__captured(kernel, operands, rounds)
            graph.replay()
            graph_s = self.__mean_seconds(graph.replay, 3)
        return graph, rounds * len(operands), graph_s

    def __captured(self, kernel: Kernel, operands: list[tuple[Any, ...]], rounds: int) -> Any:
        graph = torch.cuda.CUDAGraph()
        # Captured on the stream of the warm-up, whose libraries have their workspaces. Results are dropped at once, so that
        # each run writes where the one before it wrote.
        with torch.cuda.graph(graph, stream=self.stream):
            for _ in range(rounds):
                for copy in operands:
                    kernel.run(*copy)
        return graph

    def __event(self) -> Any:
        event = torch.cuda.Event(enable_timing=True)
        event.record(self.stream)
        return event

    def __mean_seconds(self, run: Callable[[], Any], count: int) -> float:
        start = self.__event()
        for _ in range(count):
            run()
        end = self.__event()
        end.synchronize()
        seconds: float = start.elapsed_time(end) * 1e-3 / count
        return max(seconds, 1e-7)

    def __short(self, run: Callable[[], Any], call_count: int, run_s: float, notes: tuple[str, ...], name: str) -> Measurement:
        """The mean of replays close after warm-up ones, and their spread."""
        count = max(6, math.ceil(SHORT_SECONDS / run_s)) if run_s < SHORT_SECONDS else 3
        for _ in range(max(3, count) if run_s < SHORT_SECONDS else 1):
            run()
        events = [self.__event()]
        for _ in range(count):
            run()
            events.append(self.__event())
        reading = self.sensors.read()
        # A clock that was read after the last replay is that of an idle GPU.
        clock_mhz = None if events[-1].query() else reading.clock_mhz
        events[-1].synchronize()
        times = [a.elapsed_time(b) * 1e3 / call_count for a, b in zip(events, events[1:])]
        mean = sum(times) / count
        spread = math.sqrt(sum((each - mean) ** 2 for each in times) / count) / mean
        details = (f"replays={count}", f"runs={count * call_count}", f"spread={spread:.2g}", *temperature(reading.temperature_c))
        return Measurement(mean, name, None, clock_mhz, self.sensors.power_limit_w, (*notes, *details))

    def __keep_busy(self, run: Callable[[], Any], run_s: float, until_s: float) -> int:
        """Runs until a moment, always with work queued; returns how many runs were queued."""
        batch = max(1, round(BATCH_SECONDS / run_s))
        count = 0
        fences: list[Any] = []
        while count == 0 or time.perf_counter() < until_s:
            for _ in range(batch):
                run()
            count += batch
            fences.append(self.__event())
            if len(fences) > 2:
                fences.pop(0).synchronize()
        return count

    def __window(self, run: Callable[[], Any], call_count: int, run_s: float, notes: tuple[str, ...], name: str) -> Measurement:
        """Time, power, clock and temperature under steady load."""
        self.__keep_busy(run, run_s, time.perf_counter() + SETTLE_SECONDS)
        start = self.__event()
        with Sampling(self.sensors) as sampling:
            run_count = self.__keep_busy(run, run_s, time.perf_counter() + self.window_s)
        end = self.__event()
        end.synchronize()
        seconds = start.elapsed_time(end) * 1e-3
        details = [f"runs={run_count * call_count}", f"window_s={seconds:.3g}", *temperature(sampling.mean("temperature_c"))]
        power = sampling.power()
        if power is not None:
            details += [f"power_from={power[1]}", f"power_s={power[2]:.3g}"]
        clock_mhz, limit_w = sampling.mean("clock_mhz"), self.sensors.power_limit_w
        latency_us = seconds * 1e6 / (run_count * call_count)
        return Measurement(latency_us, name, None if power is None else power[0], clock_mhz, limit_w, (*notes, *details))


def temperature(degrees: Optional[float]) -> list[str]:
    """The note on the temperature of the GPU, where it is known."""
    return [] if degrees is None else [f"temp_c={degrees:.3g}"]


# --- The run ---------------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """A line for the person, apart from what a pipe takes."""
    print(text, file=sys.stderr, flush=True)


def device_name(gpu: str) -> tuple[str, bool]:
    """Ridgepoint's name of a GPU, and whether it ships one; else a name made of the driver's words."""
    words = re.sub(r"^(nvidia|tesla)\s+", "", re.sub(r"^nvidia\s+", "", gpu.strip().lower()))
    known = DEVICES.get(words)
    return (known, True) if known else (re.sub(r"[^a-z0-9]+", "-", words).strip("-"), False)


def device_uuid(properties: Any) -> str:
    """The name under which NVML and nvidia-smi know the GPU; empty before PyTorch 2.4, which does not say it."""
    uuid = str(getattr(properties, "uuid", ""))
    return uuid if uuid == "" or uuid.startswith(("GPU-", "MIG-")) else f"GPU-{uuid}"


def visible_index(index: int) -> str:
    """The GPU's number on the whole machine, from its number among those that this process sees."""
    visible = [part.strip() for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part.strip()]
    return visible[index] if index < len(visible) else str(index)


def sensors_of(properties: Any, index: int) -> Sensors:
    """The sensors of PyTorch's GPU, by its unique name or else by its number."""
    visible = visible_index(index)
    uuid = device_uuid(properties) or ("" if visible.isdigit() else visible)
    return open_sensors(uuid, int(visible) if visible.isdigit() else index)


def header_comments(properties: Any, device: str, sensors: Sensors, seed: int) -> list[str]:
    """What stands above the columns: tool, date, GPU and software."""
    memory = f"{properties.total_memory / 2**30:.1f} GiB"
    capability = f"compute capability {properties.major}.{properties.minor}"
    limit = "unknown" if sensors.power_limit_w is None else f"{sensors.power_limit_w:g} W"
    return [
        f"Recorded by Ridgepoint's record.py, version {SCRIPT_VERSION}, from {datetime.date.today().isoformat()} on",
        f"GPU: {properties.name}, {properties.multi_processor_count} SMs, {capability}, {memory}; device {device}",
        f"Software: driver {sensors.driver}, CUDA {torch.version.cuda}, PyTorch {torch.__version__}",
        f"Host: {platform.system()} {platform.machine()}, Python {platform.python_version()}",
        f"Sensors: {sensors.name}; power limit {limit}; clocks and limits as they were found",
        f"Random normal operands, shapes in shuffled order, seed {seed}; fp32 without TF32",
    ]


def supported_dtypes(properties: Any, wanted: list[str]) -> list[str]:
    """The formats that the GPU computes natively, of those that are wanted."""
    least = {"bf16": (8, 0), "fp16": (7, 0), "fp32": (0, 0)}
    return [dtype for dtype in wanted if (properties.major, properties.minor) >= least[dtype]]


def prepare_torch(properties: Any, seed: int) -> None:
    """One way to compute each thing: fp32 products in fp32, and one fused attention."""
    torch.manual_seed(seed)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    is_flash = properties.major >= FLASH_CAPABILITY
    torch.backends.cuda.enable_flash_sdp(is_flash)
    torch.backends.cuda.enable_mem_efficient_sdp(not is_flash)
    torch.backends.cuda.enable_math_sdp(False)
    if hasattr(torch.backends.cuda, "enable_cudnn_sdp"):
        torch.backends.cuda.enable_cudnn_sdp(False)


class Progress:
    """Tells how far the recording is: each row on a terminal, a line every half minute elsewhere."""

    def __init__(self, total: int, end_s: float) -> None:
        self.total, self.end_s = total, end_s
        self.begin_s = self.told_s = time.perf_counter()
        self.is_terminal = sys.stderr.isatty()

    def tell(self, count: int, text: str) -> None:
        """Shows the count, the rate, and the time that is left: for the plan, or until the minutes are over."""
        now_s = time.perf_counter()
        if not self.is_terminal and now_s - self.told_s < 30 and count < self.total:
            return
        self.told_s = now_s
        rate = count / (now_s - self.begin_s)
        left_s = max(0.0, min((self.total - count) / rate, self.end_s - now_s))
        line = f"{count}/{self.total} rows, {60 * rate:.0f} a minute, {left_s / 60:.1f} min left: {text}"
        print(f"\r\x1b[K{line[:150]}" if self.is_terminal else line, end="" if self.is_terminal else "\n", file=sys.stderr, flush=True)


def record(bench: Bench, shapes: list[Shape], stream: TextIO, origin: tuple[str, str], minutes: float) -> None:
    """Measures the shapes in their order until they or the minutes are over; every row is on the disk before the next begins."""
    writer = new_writer(stream)
    skipped: dict[str, int] = {}
    recorded = 0
    progress = Progress(len(shapes), time.perf_counter() + 60 * minutes)
    try:
        for count, shape in enumerate(shapes, 1):
            if time.perf_counter() >= progress.end_s:
                break
            try:
                measured = bench.measure(shape)
            except (CannotRun, RuntimeError, TypeError, NotImplementedError) as error:
                # A fault of the GPU itself comes again here, and ends the run.
                torch.cuda.synchronize(bench.device)
                reason = f"{shape.op} {shape.dtype}: {str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__}"
                skipped[reason] = skipped.get(reason, 0) + 1
                continue
            writer.writerow(cells_of(shape, measured, *origin))
            stream.flush()
            recorded += 1
            progress.tell(count, f"{shape.label()}: {measured.latency_us:.4g} us")
    finally:
        say(f"\n{recorded} rows recorded, {len(shapes) - recorded} of the plan left")
        for reason, times in sorted(skipped.items(), key=lambda item: -item[1]):
            say(f"  {times} skipped: {reason}")


def arguments(argv: Optional[list[str]] = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Record measured kernels and model passes of one CUDA GPU as a CSV trace for Ridgepoint.")
    parser.add_argument("--out", type=Path, help="file to write, or to go on with (default: <device>.csv)")
    parser.add_argument("--device", type=int, default=0, help="number of the GPU (default: 0)")
    parser.add_argument("--name", help="Ridgepoint's name of the device, in place of the one that the GPU's name tells")
    parser.add_argument("--minutes", type=float, default=30.0, help="time to spend (default: 30)")
    parser.add_argument("--dtypes", default="bf16,fp16,fp32", help="formats, of those that the GPU has (default: bf16,fp16,fp32)")
    parser.add_argument("--copies", type=int, default=6, help="operand sets of a kernel that are used in turn (default: 6)")
    parser.add_argument("--window", type=float, default=2.5, help="seconds of a power window, at least 2.2 (default: 2.5)")
    parser.add_argument("--seed", type=int, default=1, help="seed of shapes, order and data (default: 1)")
    parser.add_argument("--plan", action="store_true", help="print the rows that would be recorded, without their measurements, and end")
    args = parser.parse_args(argv)
    args.dtypes = args.dtypes.split(",")
    unknown = [dtype for dtype in args.dtypes if dtype not in DTYPE_BYTES]
    if unknown:
        parser.error(f"--dtypes: {unknown[0]!r} is none of {', '.join(DTYPE_BYTES)}")
    # Energy is counted between two steps of the counter, up to 0.1 s inside either end; 2 s have to be left.
    if args.window < 2.2 or args.copies < 1 or args.minutes <= 0:
        parser.error("--window has to be at least 2.2, --copies at least 1, --minutes above 0")
    return args


def print_plan(args: argparse.Namespace) -> None:
    """The rows that are left to record, as the file will state them."""
    done = TraceFile(args.out, []).done() if args.out else set()
    shapes = [shape for shape in planned_shapes(args.seed, args.dtypes) if shape.key() not in done]
    writer = new_writer(sys.stdout)
    writer.writerow(COLUMNS)
    writer.writerows(cells_of(shape, None, args.name or "gpu") for shape in shapes)


def main(argv: Optional[list[str]] = None) -> int:
    """Records, and returns the exit code."""
    args = arguments(argv)
    if args.plan:
        try:
            print_plan(args)
            sys.stdout.flush()
        except BrokenPipeError:  # The reader, such as head, has had enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    # PyTorch then counts GPUs as NVML and nvidia-smi do; read when CUDA starts.
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    if torch is None or not torch.cuda.is_available():
        say("PyTorch is not installed" if torch is None else "PyTorch sees no CUDA GPU")
        say("install PyTorch 2.x with CUDA (https://pytorch.org), or see what would run: --plan")
        return 3
    if args.device >= torch.cuda.device_count():
        say(f"there is no GPU {args.device}: PyTorch sees {torch.cuda.device_count()}")
        return 3
    torch.cuda.set_device(args.device)
    properties = torch.cuda.get_device_properties(args.device)
    name, is_known = device_name(properties.name)
    device = args.name or name
    if not is_known and not args.name:
        say(f'Ridgepoint ships no "{properties.name}": rows say {device}. Describe it (ridge schema accelerator), or give --name')
    sensors = sensors_of(properties, args.device)
    prepare_torch(properties, args.seed)
    file = TraceFile(args.out or Path(f"{device}.csv"), header_comments(properties, device, sensors, args.seed))
    done = file.done()
    shapes = [shape for shape in planned_shapes(args.seed, supported_dtypes(properties, args.dtypes)) if shape.key() not in done]
    say(f"{properties.name} as {device}, into {file.path}: {len(done)} rows are there, {len(shapes)} to go, {args.minutes:g} min")
    try:
        with torch.inference_mode(), file.open() as stream:
            bench = Bench(args.device, sensors, args.copies, args.window)
            record(bench, shapes, stream, (device, f"pytorch {torch.__version__}"), args.minutes)
    except KeyboardInterrupt:
        say(f"interrupted; {file.path} keeps what is done, and the same command goes on with it")
        return 130
    say(f"next: ridge validate --trace {file.path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
