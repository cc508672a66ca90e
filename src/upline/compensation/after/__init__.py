"""What comes after all bonuses: budgets of orders, limits, legal gates. What they cut, the company keeps."""
