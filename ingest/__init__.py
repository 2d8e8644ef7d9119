"""Files to catalogue to index: reading, understanding and publishing policy documents."""
