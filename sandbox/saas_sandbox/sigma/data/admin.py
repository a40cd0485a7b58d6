"""Connections, tenants, policies and other matters of administrators."""

from saas_sandbox.sigma.data.base import ORGANIZATION, Record, at, dated, slug, uid


def connection(number: int, count: int) -> Record:
    """A connection to a warehouse; of three and more the last one is archived."""
    return {
        "organizationId": ORGANIZATION,
        "connectionId": uid("connection", number),
        "name": f"Connection {number}",
        "type": "snowflake",
        "isSample": False,
        "isAuditLog": False,
        "lastActiveAt": at(number),
        "useOauth": False,
        "account": "acme",
        "warehouse": "COMPUTE",
        "poolSizes": {"isPoolConfigured": False},
        **dated(number),
        **({"isArchived": True} if number == count - 1 > 1 else {}),
    }


def connection_test() -> Record:
    """What a test of a connection says."""
    return {"read": "success", "write": "disabled"}


def connection_path(number: int) -> Record:
    """A database, schema or table of a connection."""
    return {
        "connectionId": uid("connection", 0),
        "urlId": slug("path", number),
        "path": ["DB", "PUBLIC", f"TABLE{number}"],
    }


def api_connector(number: int) -> Record:
    """A connector to an API of others."""
    return {"apiConnectorId": uid("api-connector", number), "name": f"API {number}", "description": ""}


def api_credential(number: int) -> Record:
    """A credential for an API of others, without its secret."""
    return {
        "apiCredentialId": uid("api-credential", number),
        "name": f"Credential {number}",
        "authMethod": "basic",
        "allowlist": ["api.acme.example"],
    }


def plugin(number: int) -> Record:
    """A plugin."""
    return {
        "pluginId": uid("plugin", number),
        "name": f"Plugin {number}",
        "description": None,
        "url": "https://plugin.acme.example",
        "devUrl": None,
        "type": "element",
    }


def allowed_ip(number: int) -> Record:
    """An entry of the list of addresses from which Sigma may be used."""
    return {
        "ipAllowlistEntryId": uid("ip", number),
        "ip": f"192.0.2.{number}",
        "scope": "all",
        **dated(90 + number),
    }


def service_provider(number: int) -> Record:
    """A SAML service provider."""
    return {"samlServiceProviderId": uid("saml", number)}


def certificate(provider: str, number: int) -> Record:
    """A certificate of a SAML service provider."""
    return {
        "samlServiceProviderCertificateId": uid(f"certificate-{provider}", number),
        "samlServiceProviderId": provider,
        "purpose": "signing",
        "publicKeyCertificate": "-----BEGIN CERTIFICATE-----",
        "isActive": number == 0,
        "notBefore": at(0),
        "notAfter": at(400),
        **dated(95 + number),
    }


def policy(number: int) -> Record:
    """A deployment policy."""
    return {
        "deploymentPolicyId": uid("policy", number),
        "name": f"Policy {number}",
        "nameInTenant": f"Policy {number}",
        "versionTagId": None,
        "sourceSwapPolicies": [],
    }


def policy_file(policy_id: str, number: int) -> Record:
    """A document under a deployment policy."""
    return {"inodeId": uid("file", number), "inode": None, "deploymentPolicyId": policy_id}


def swap_policy(number: int) -> Record:
    """A policy that says by which connection another is replaced."""
    return {
        "type": "connection",
        "name": f"Swap {number}",
        "fromConnectionId": uid("connection", 0),
        "swaps": {"toConnection": {"connectionId": uid("connection", 1)}},
        "policyId": uid("swap", number),
    }


def tenant(number: int) -> Record:
    """A tenant organization."""
    return {
        "tenantOrganizationId": uid("tenant", number),
        "parentOrganizationId": ORGANIZATION,
        "tenantOrganizationName": f"Tenant {number}",
        "tenantOrganizationSlug": f"tenant-{number}",
        **dated(97 + number),
    }


def deployable(number: int) -> Record:
    """A tenant as one that can be deployed to."""
    whole = tenant(number)
    return {name: whole[name] for name in whole if name.startswith("tenantOrganization")}


def materialization(number: int) -> Record:
    """A materialization of a dataset that has ended."""
    return {
        "status": "ready",
        "finishedAt": at(number),
        "error": None,
        "runtimeSecs": 3,
        "numRows": 12,
        "numBytes": 345,
    }
