"""What runs behind features on the laptop: a module or package for each, by the name of the feature."""
