"""From the record of a comparison to what people read."""
