"""Speed, memory and scale (性能测试), each figure beside a baseline measured in the same run."""
