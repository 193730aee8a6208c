"""What a network is: shapes, sizes and receptive fields of its layers, worked out and measured."""
