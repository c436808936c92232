"""The colours and the font of every figure, mark and page, on light and on dark paper."""

# After Okabe and Ito (2008), "Color Universal Design", darkened until text and marks stand out on paper; roles are told
# apart by line style too. Sentiment runs rust - sand - blue: no hue of it belongs to a party, a faith or a state.
PALETTE = {
    "ink": "#1f2a33", "soft": "#55626b", "paper": "#fdfcf9", "line": "#dcdad1", "accent": "#1f6663",
    "land": "#f2efe6", "edge": "#cbc8b9", "border": "#76807a", "water": "#a9c9d6",
    "literal": "#00735c", "metonym": "#a3387a", "embedded": "#8a6500", "demonym": "#5a6878",
    "person": "#0b66a8", "organisation": "#9a4a12", "place": "#00735d",
    "negative": "#a8481f", "neutral": "#9f8d62", "positive": "#2b6a9c",
}  # fmt: skip
# The same names on a dark page. The report's script exchanges value for value, so no two light values are equal.
DARK = {
    "ink": "#e7e9e4", "soft": "#a3afb2", "paper": "#14181b", "line": "#323b40", "accent": "#7fc8c0",
    "land": "#232a2d", "edge": "#3d474b", "border": "#8b9895", "water": "#2d5363",
    "literal": "#4fc3a5", "metonym": "#e58cc2", "embedded": "#d8b14c", "demonym": "#a9b8c8",
    "person": "#7db9ea", "organisation": "#e0a06c", "place": "#4fc3a6",
    "negative": "#e28d62", "neutral": "#8d8367", "positive": "#7fb3df",
}  # fmt: skip
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
