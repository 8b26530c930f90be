#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""git_ssh_server.py FOLDER KEYS: the repositories of FOLDER over ssh on a loopback port, for the user "git" with the key KEYS/client, which is made
there with one that is not let in (KEYS/stranger). Prints its port and its host key as known_hosts has it, and ends when its standard input does.
Exits 77 without asyncssh."""
import asyncio
import os
import shlex
import sys

try:
    import asyncssh
except ImportError:
    sys.exit(77)

FOLDER, KEYS = sys.argv[1], sys.argv[2]


async def serve(process):
    words = shlex.split(process.command or "")
    if len(words) != 2 or words[0] not in ("git-upload-pack", "git-receive-pack"):
        process.exit(1)
        return
    child = await asyncio.create_subprocess_exec("git", words[0][4:], os.path.join(FOLDER, words[1].lstrip("/")), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    await process.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
    code = await child.wait()
    await process.stdout.drain()
    process.exit(code)


async def main():
    for name in ("client", "stranger"):
        key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
        key.write_private_key(os.path.join(KEYS, name), "pkcs8-pem")
        key.write_public_key(os.path.join(KEYS, name + ".pub"))
        os.chmod(os.path.join(KEYS, name), 0o600)
    host = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[host], authorized_client_keys=os.path.join(KEYS, "client.pub"), process_factory=serve, encoding=None)
    port = server.sockets[0].getsockname()[1]
    print(port, f"[127.0.0.1]:{port}", host.export_public_key().decode().strip(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
