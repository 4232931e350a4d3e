"""A push service as Firefox speaks to it, on this machine: the browser over a WebSocket, the house over HTTP."""

import asyncio
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from aiohttp import WSMsgType, web


@dataclass
class Autopush:
    """`channels` by the token in a browser's address; what came for them in `bodies`."""

    port: int = 0
    channels: dict[str, tuple[web.WebSocketResponse, str]] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def browser(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for said in socket:
            if said.type is WSMsgType.TEXT:
                await self._answer(socket, json.loads(said.data))
        return socket

    async def house(self, request: web.Request) -> web.Response:
        body = await request.read()
        token = request.match_info["token"]
        if token not in self.channels:
            return web.Response(status=410)
        self.bodies.append(body)
        socket, channel = self.channels[token]
        await socket.send_json(
            {
                "messageType": "notification", "channelID": channel, "version": str(uuid4()), "ttl": 60,
                "data": urlsafe_b64encode(body).rstrip(b"=").decode(), "headers": {"encoding": "aes128gcm"},
            }
        )  # fmt: skip
        return web.Response(status=201, headers={"Location": f"/m/{uuid4()}", "TTL": request.headers["TTL"]})

    async def _answer(self, socket: web.WebSocketResponse, said: dict[str, str]) -> None:
        match said:
            case {"messageType": "hello"}:
                await socket.send_json(
                    {
                        "messageType": "hello",
                        "uaid": uuid4().hex,
                        "status": 200,
                        "use_webpush": True,
                        "broadcasts": {},
                    }
                )
            case {"messageType": "register", "channelID": channel}:
                token = uuid4().hex
                self.channels[token] = socket, channel
                endpoint = f"{self.url}/wpush/{token}"
                await socket.send_json(
                    {"messageType": "register", "channelID": channel, "status": 200, "pushEndpoint": endpoint}
                )
            case {"messageType": "unregister", "channelID": channel}:
                self.channels = {token: each for token, each in self.channels.items() if each[1] != channel}
                await socket.send_json({"messageType": "unregister", "channelID": channel, "status": 200})
            case {}:
                await socket.send_str("{}")


@contextmanager
def an_autopush() -> Iterator[Autopush]:
    service, ready, loop = Autopush(), threading.Event(), asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        app = web.Application()
        app.add_routes([web.get("/", service.browser), web.post("/wpush/{token}", service.house)])
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.port = runner.addresses[0][1]
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(10)
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
