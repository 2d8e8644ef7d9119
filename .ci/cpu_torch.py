"""Install the locked torch as a CPU build, and refuse before gigabytes of CUDA packages are fetched."""

import json
import subprocess
import sys
from pathlib import Path


def main(lock: str) -> int:
    """Exit code 0 when a CPU build is installed, 1 with what to do otherwise."""
    line = next(x for x in Path(lock).read_text("utf-8").splitlines() if x.startswith("torch=="))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    plan = subprocess.run(
        [*pip, "--dry-run", "--report", "-", "--constraint", lock, line],
        capture_output=True,
        text=True,
        check=False,
    )
    if plan.returncode:
        print(plan.stderr, file=sys.stderr)
        return plan.returncode
    names = [item["metadata"]["name"] for item in json.loads(plan.stdout)["install"]]
    cuda = [name for name in names if name.startswith(("nvidia-", "triton", "cuda-"))]
    if cuda:
        print(
            f"这个软件源给出的 torch 是 CUDA 版，会多下载数 GB（{cuda[0]} 等 {len(cuda)} 个包）。\n"
            "请把 PIP_EXTRA_INDEX_URL 设为 PyTorch 的 CPU 软件源，或用 PIP_FIND_LINKS 指向装有 CPU 版轮子的文件夹，再运行一次。",
            file=sys.stderr,
        )
        return 1
    return subprocess.run([*pip, "--constraint", lock, line], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
