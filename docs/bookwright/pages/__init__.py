"""Pages as their authors write them: fences, their options, and what fills them."""
