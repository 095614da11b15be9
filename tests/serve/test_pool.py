"""Workers come from another process, and there may be none for a while."""

import asyncio
import contextlib
import errno
import os
import socket
import threading
from types import SimpleNamespace

import pyoxigraph as ox
import pytest

from mgonto.serve import nursery
from mgonto.serve.limits import Limits
from mgonto.serve.pool import Pool
from mgonto.serve.request import Question, Refusal


def test_where_no_process_can_be_made_a_query_is_sent_away_and_the_server_stands(monkeypatch):
    def full():
        raise OSError(errno.EAGAIN, "no more processes")

    def leave(_):
        raise SystemExit

    monkeypatch.setattr(nursery, "os", SimpleNamespace(fork=full, _exit=leave, close=os.close))
    ours, theirs = socket.socketpair()

    def tend():
        with contextlib.suppress(SystemExit):
            nursery._tend(theirs, ox.Store(), Limits())

    thread = threading.Thread(target=tend)
    thread.start()

    async def ask_twice():
        pool = Pool(ours, Limits())
        try:
            for _ in range(2):  # the turn is given back
                with pytest.raises(Refusal) as caught:
                    await asyncio.wait_for(pool.ask(Question("ASK {}")), 10)
                assert caught.value.status == 503
                await asyncio.sleep(0.05)
            assert not pool.gone.is_set()
        finally:
            await pool.stop()

    asyncio.run(ask_twice())
    thread.join(10)
    theirs.close()
    assert not thread.is_alive()
