export const rate: int = 19;
export func withTax(price: int): int { return price + price * rate / 100; }
