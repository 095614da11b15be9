"""What follows from the knowledge base: is it free of contradiction, and what is each individual?

`reason` is the whole of it; the modules hold one part each: the rules with their trails (`rules`), HermiT
(`hermit`, `java`), the smallest contradicting set (`shrink`), and the words of an explanation (`words`).
"""

from mgonto.reasoning.reason import reason
from mgonto.reasoning.records import InferredType, Mistake, Reasoning, Triple

__all__ = ["InferredType", "Mistake", "Reasoning", "Triple", "reason"]
