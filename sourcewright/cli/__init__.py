"""The commands of the Airbyte protocol: arguments, input files, output."""
