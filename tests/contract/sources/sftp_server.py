#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sftp_server.py FOLDER: an SFTP server on 127.0.0.1 with the root FOLDER for the user "pilot" with the password "fly". Prints its port and
its host key as known_hosts has it, then serves until standard input ends. Exits 77 without asyncssh."""
import asyncio
import sys

try:
    import asyncssh
except ImportError:
    sys.exit(77)


class Server(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == ("pilot", "fly")


async def main():
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], server_factory=Server,
                                   sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=sys.argv[1]))
    port = server.sockets[0].getsockname()[1]
    print(port, f"[127.0.0.1]:{port}", key.export_public_key().decode().strip(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
