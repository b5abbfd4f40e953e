"""What holds for every request before and after its own route: who asks, how much, in what shape, with what errors."""
