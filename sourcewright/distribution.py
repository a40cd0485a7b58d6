"""The distribution that a package was installed with: its version, and how to install its extras."""

from importlib import metadata

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from sourcewright.inputs import wrong_input


def version_of(package: str) -> str:
    """Version of the distribution of the top-level `package`; that it is not installed, if it is not."""
    name = name_of(package)
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def name_of(package: str) -> str:
    """Name of the distribution of `package`: source_sentry -> source-sentry."""
    return next(iter(metadata.packages_distributions().get(package, [])), package.replace("_", "-"))


def missing_extra(package: str, extra: str, purpose: str, error: ImportError) -> AirbyteTracedException:
    """Error that says how to install the extra which `purpose` needs."""
    missing = (error.name or "a package").partition(".")[0]
    return wrong_input(f"{purpose} needs {missing}, which is not installed: pip install '{name_of(package)}[{extra}]'")
