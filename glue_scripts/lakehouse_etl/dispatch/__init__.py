"""Decides who brings what is new into silver: nobody, a function, or Spark; and which products are due."""
