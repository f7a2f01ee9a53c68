"""What is going to be deployed: templates read as CloudFormation would make them, without AWS."""
