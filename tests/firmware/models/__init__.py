"""Register-level models of the parts on the clip's I2C bus, from their datasheets' facts.

They know nothing of the drivers.  What a datasheet forbids or leaves open is done anyway and
written into ``misuse``, so that a test can ask for an empty list.
"""
