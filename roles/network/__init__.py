"""What the scripts for switches and routers share: connection, remediation, safe change, parallel run.

It imports neither pyinfra nor gevent: netmiko's threads are three times slower under it.
"""
