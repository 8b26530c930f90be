// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <functional>
#include <memory>

namespace pilothouse::support {

/// What happens to one request on its way to the real server and back.
struct Fault {
    enum class Kind {
        Pass,
        Delay,        ///< the request is forwarded after `milliseconds`
        SlowReply,    ///< forwarded at once, the reply comes after `milliseconds`
        Cut,          ///< forwarded; the first `bytes` of the reply (its head and body), then an orderly close
        Reset,        ///< not forwarded; the connection is reset
        LostReply,    ///< forwarded and answered, but the connection is reset before a byte of the reply comes: an unclear outcome
        HalfClose,    ///< forwarded; the first `bytes` of the reply, then only the sending side is closed and the socket stays open
        Silent,       ///< forwarded; the first `bytes` of the reply, then nothing, and the socket stays open
        CorruptBody,  ///< forwarded; the byte at `bytes` of the body is another one
        Answer,       ///< not forwarded: `status`, `headers` and `body` instead
        AnswerAfter   ///< forwarded, and `status`, `headers` and `body` instead of the server's reply
    };
    Kind kind = Kind::Pass;
    int milliseconds = 0;
    qint64 bytes = 0; ///< negative: all but so many
    int status = 0;
    QByteArray headers; ///< each line with \r\n
    QByteArray body;
};

/// An HTTP/1.1 proxy on 127.0.0.1 before one server there, which does to each request what a script says. It runs in its own threads; each
/// request is one connection to the server. Destruction ends it.
class FaultProxy {
public:
    /// @param number of the request since reset(), from 0   @param request its first line and headers
    using Script = std::function<Fault(int number, const QByteArray &request)>;
    explicit FaultProxy(int serverPort);
    ~FaultProxy();
    QString url() const;
    int port() const;
    void reset(Script script = {}); ///< counts anew; an empty script lets all pass
    QList<QByteArray> lines() const; ///< first lines of the requests since reset()

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::support
