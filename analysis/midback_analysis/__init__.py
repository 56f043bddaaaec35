"""Looking back: what a recorded day says, and how well the judgement works."""
