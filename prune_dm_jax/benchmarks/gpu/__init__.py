"""The product on one GPU, part by part, each in a process of its own."""
