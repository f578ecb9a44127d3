"""Event files of other writers with what TensorBoard reads of them, and what it reads of ours; writes golden.json beside itself.

It runs our writer with Node, so `npm install` comes before it.
"""

import base64
import io
import json
import math
import os
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image
import tensorboardX
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.context import RequestContext
from tensorboard.data import server_ingester
from tensorboard.plugins.hparams import api_pb2, summary_v2 as hparams_summary
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar import summary_v2 as scalar_summary
from tensorboard.plugins.text import summary_v2 as text_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import grpc_util, tensor_util
from torch.utils.tensorboard import SummaryWriter

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
WALL_TIME = 1_700_000_000.5


def plain(value: float) -> float | str:
    """JSON has no numbers that are not finite."""
    return float(value) if math.isfinite(value) else str(float(value)).replace("inf", "Infinity").replace("nan", "NaN")


def hparams_seen(content: bytes) -> dict:
    data = HParamsPluginData.FromString(content)
    part = data.WhichOneof("data")
    if part == "experiment":
        types = {0: "unset", 1: "string", 2: "boolean", 3: "number"}
        return {
            "part": "experiment",
            "hparams": [{"name": info.name, "type": types[info.type]} for info in data.experiment.hparam_infos],
            "metrics": [{"tag": info.name.tag, "group": info.name.group} for info in data.experiment.metric_infos],
        }
    if part == "session_start_info":
        info = data.session_start_info
        values = {name: getattr(value, value.WhichOneof("kind")) for name, value in info.hparams.items()}
        return {"part": "start", "hparams": values, "group": info.group_name, "time": info.start_time_secs}
    info = data.session_end_info
    status = api_pb2.Status.Name(info.status).removeprefix("STATUS_").lower()
    return {"part": "end", "status": status, "time": info.end_time_secs}


def value_seen(plugin: str, tensor, content: bytes):
    if plugin == "hparams":
        return hparams_seen(content)
    array = tensor_util.make_ndarray(tensor)
    if plugin == "scalars":
        return plain(array.item())
    if plugin == "histograms":
        return [{"left": left, "right": right, "count": count} for left, right, count in array.astype(float).tolist()]
    if plugin == "images":
        width, height, *images = array.tolist()
        return {"width": int(width), "height": int(height), "images": [base64.b64encode(image).decode() for image in images]}
    if plugin == "text":
        return {"strings": [text.decode() for text in array.reshape(-1).tolist()], "shape": list(array.shape)}
    return None


KINDS = {"scalars": "scalar", "histograms": "histogram", "images": "image", "text": "text", "hparams": "hparams"}


def file_seen(path: str) -> list[dict]:
    """The records of one file, by TensorBoard's loader, which turns older forms into the current one."""
    records, metadata = [], {}
    for event in EventFileLoader(path).Load():
        moment = {"step": event.step, "wallTime": event.wall_time}
        if event.HasField("file_version"):
            records.append({**moment, "kind": "version", "value": event.file_version})
        elif event.session_log.status == SessionLog.START:
            records.append({**moment, "kind": "start"})
        for value in event.summary.value:
            known = metadata.setdefault(value.tag, value.metadata)
            plugin = known.plugin_data.plugin_name
            if plugin not in KINDS:
                records.append({**moment, "kind": "other", "tag": value.tag, "plugin": plugin})
                continue
            seen = value_seen(plugin, value.tensor, value.metadata.plugin_data.content)
            records.append({**moment, "kind": KINDS[plugin], "tag": value.tag, "value": seen})
    return records


def only_file(folder: str) -> str:
    (path,) = Path(folder).glob("*tfevents*")
    return str(path)


PICTURE = np.array([[[255, 0], [0, 255]], [[0, 0], [255, 255]], [[7, 8], [9, 10]]], dtype=np.uint8)


def write_common(writer) -> None:
    """What PyTorch's writer and tensorboardX both have."""
    for step in range(3):
        writer.add_scalar("train/loss", 1 / (step + 1), step, walltime=WALL_TIME + step)
    writer.add_scalar("nan", float("nan"), 3, walltime=WALL_TIME)
    writer.add_scalar("large", -1e30, 4, walltime=WALL_TIME)
    writer.add_histogram("weights", np.linspace(-1, 3, 50, dtype=np.float32), 5, bins=8, walltime=WALL_TIME)
    writer.add_histogram("same", np.full(4, 2.5), 5, walltime=WALL_TIME)
    writer.add_image("picture", PICTURE, 6, walltime=WALL_TIME)
    writer.add_text("note", "größer\n*than*", 7, walltime=WALL_TIME)


def torch_writer(folder: str) -> None:
    writer = SummaryWriter(folder, purge_step=2)
    write_common(writer)
    writer.close()


def torch_hparams(folder: str) -> None:
    writer = SummaryWriter(folder)
    writer.add_hparams({"lr": 0.1, "name": "x", "flag": True}, {"accuracy": 0.5}, run_name=".")
    writer.close()
    empty, _ = sorted(Path(folder).glob("*tfevents*"), key=lambda path: path.stat().st_size)
    empty.unlink()


def tensorboardx_writer(folder: str) -> None:
    writer = tensorboardX.SummaryWriter(folder)
    write_common(writer)
    writer.close()


def image_pb(tag: str, pictures: list[np.ndarray]) -> Summary:
    """TensorBoard's own function needs TensorFlow to encode the pictures."""
    height, width, _ = pictures[0].shape
    files = []
    for picture in pictures:
        Image.fromarray(picture).save(file := io.BytesIO(), "png")
        files.append(file.getvalue())
    tensor = tensor_util.make_tensor_proto([str(width).encode(), str(height).encode(), *files])
    metadata = image_metadata.create_summary_metadata(display_name=None, description=None)
    return Summary(value=[Summary.Value(tag=tag, metadata=metadata, tensor=tensor)])


def tensor_writer(folder: str) -> None:
    """TensorFlow 2's form: every value is a tensor with the name of its plugin."""
    writer = EventFileWriter(folder)
    summaries = [
        scalar_summary.scalar_pb("loss", 0.25),
        histogram_summary.histogram_pb("weights", np.linspace(-1, 1, 20), buckets=4),
        histogram_summary.histogram_pb("empty", np.zeros(0)),
        image_pb("pictures", [PICTURE.transpose(1, 2, 0), 255 - PICTURE.transpose(1, 2, 0)]),
        text_summary.text_pb("note", "größer"),
        text_summary.text_pb("table", np.array([["a", "b"], ["c", "d"]])),
        hparams_summary.hparams_pb({"lr": 0.1, "name": "x", "flag": True}, trial_id="t", start_time_secs=3.0),
        hparams_summary.hparams_config_pb(
            hparams=[hparams_summary.HParam("lr", hparams_summary.RealInterval(0.0, 1.0)), hparams_summary.HParam("name")],
            metrics=[hparams_summary.Metric("loss", group="validation")],
        ),
    ]
    for step, summary in enumerate(summaries):
        writer.add_event(Event(wall_time=WALL_TIME, step=step, summary=summary))
    # Older writers say only with the first value whose tag it is.
    bare = scalar_summary.scalar_pb("loss", 0.125)
    bare.value[0].ClearField("metadata")
    writer.add_event(Event(wall_time=WALL_TIME, step=20, summary=bare))
    sound = Summary.Value(tag="sound", audio=Summary.Audio(sample_rate=8000, encoded_audio_string=b"RIFF"))
    writer.add_event(Event(wall_time=WALL_TIME, step=21, summary=Summary(value=[sound])))
    for dtype in ["float64", "float16", "int32", "uint8", "int64", "bool"]:
        summary = scalar_summary.scalar_pb("loss", 1.0)
        summary.value[0].tag = dtype
        summary.value[0].tensor.CopyFrom(tensor_util.make_tensor_proto(np.array(1, dtype=dtype)))
        writer.add_event(Event(wall_time=WALL_TIME, step=30, summary=summary))
    writer.close()


def theirs(name: str, package: str, write) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        with mock.patch("time.time", lambda: WALL_TIME):  # what writers put into their files
            write(folder)
        path = only_file(folder)
        return {
            "writer": f"{name} {version(package)}",
            "bytes": base64.b64encode(Path(path).read_bytes()).decode(),
            "records": file_seen(path),
        }


def run_seen(folder: Path) -> dict:
    """What TensorBoard shows of a run, without what a restart makes void."""
    run = EventAccumulator(str(folder), tensor_size_guidance={}, size_guidance={"tensors": 0})
    run.Reload()
    tags = {}
    for plugin, kind in KINDS.items():
        for tag, content in (run.PluginTagToContent(plugin) if plugin in run.ActivePlugins() else {}).items():
            events = run.Tensors(tag)
            tags[tag] = {
                "kind": kind,
                "values": [{"step": event.step, "wallTime": event.wall_time, "value": value_seen(plugin, event.tensor_proto, content)} for event in events],
            }
    return tags


def fast_seen(folder: str) -> dict:
    """What the data server in Rust, which TensorBoard uses where it can, has of the same folder."""
    ingester = server_ingester.SubprocessServerDataIngester(
        server_binary=server_ingester.get_server_binary(),
        logdir=folder,
        reload_interval=1,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin={"scalars": 1000, "images": 1000},
    )
    ingester.start()
    provider, context = ingester.data_provider, RequestContext()
    scalars = provider.read_scalars(context, experiment_id="", plugin_name="scalars", downsample=10_000)
    return {
        run: {tag: [[point.step, plain(point.value)] for point in points] for tag, points in tags.items()}
        for run, tags in sorted(scalars.items())
    }


def ours() -> dict:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npx", "tsx", "--conditions=loopwright-source", str(HERE / "write_ours.ts"), folder]
        subprocess.run(command, cwd=ROOT, check=True)
        runs = sorted({path.parent for path in Path(folder).rglob("*tfevents*")})
        name = lambda run: os.path.relpath(run, folder)
        return {
            "files": {
                name(run): [base64.b64encode(path.read_bytes()).decode() for path in sorted(run.glob("*tfevents*"))]
                for run in runs
            },
            "seen": {name(run): run_seen(run) for run in runs},
            "fast": fast_seen(folder),
        }


golden = {
    "library": "tensorboard",
    "version": version("tensorboard"),
    "script": "make_golden.py",
    "theirs": [
        theirs("torch", "torch", torch_writer),
        theirs("torch", "torch", torch_hparams),
        theirs("tensorboardX", "tensorboardX", tensorboardx_writer),
        theirs("tensorboard's summaries", "tensorboard", tensor_writer),
    ],
    "ours": ours(),
}
(HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
