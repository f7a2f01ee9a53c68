"""CloudFormation: types that the emulator lacks."""
