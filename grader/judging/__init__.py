"""From rows to points: outcomes, the mistakes behind them, what they cost."""
