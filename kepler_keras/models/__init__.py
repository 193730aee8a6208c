"""The zoo: builders of uncompiled networks and of the peers they are compared with."""
