// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>
#include <QUrlQuery>

#include <functional>
#include <utility>
#include <vector>

namespace pilothouse::estate {

/// One request to a stand-in.
struct Call {
    QByteArray method;
    QString path;      ///< as sent, not percent-decoded: what is double-encoded there must be seen
    QUrlQuery query;   ///< decoded
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< names in lower case
    QByteArray body;
    QByteArray header(const QByteArray &name) const; ///< lower case; first; empty: none
    QJsonObject json() const;                        ///< of the body; empty: it is none
    QUrlQuery form() const;                          ///< of an application/x-www-form-urlencoded body
    /// User and password of Basic, or {"", token} of Bearer (and GitHub's "token …"); both empty: none.
    std::pair<QString, QString> login() const;
    QString host() const; ///< "127.0.0.1:8080", for absolute links
};

struct Answer {
    int status = 200;
    QByteArray type = "application/json";
    QByteArray body;
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    static Answer json(const QJsonValue &value, int status = 200);
    static Answer text(const QByteArray &text, int status = 200, const QByteArray &type = "text/plain; charset=utf-8");
};

/// A server that cannot run here, played: it keeps state and behaves on the wire as the real one, quirks included; each quirk cites its line in BACKEND_APIS.md where it
/// is written. Calls come one at a time. Its time is the estate's, so that a test need not wait for it.
class StandIn {
public:
    virtual ~StandIn() = default;
    virtual QString name() const = 0; ///< "jenkins"
    virtual Answer answer(const Call &call) = 0;
    /// What happens by itself until `now`: stages end, queues move. Called before each answer, and when the estate's clock is set on.
    virtual void advance(const QDateTime &now) { m_now = now; }
    /// For tests and for who tries it: "push", "input", "fail" … with what it needs; gives what came of it, {"error": …} for what it does not know. POST /estate/NAME/VERB.
    virtual QJsonObject control(const QString &verb, const QJsonObject &details);
    /// What it remembers across restarts, whole; also what GET /estate/NAME/state shows. Times in it are the estate's.
    virtual QJsonObject state() const { return {}; }
    virtual void restore(const QJsonObject &) {}
    /// Where others listen ("slack" → "http://127.0.0.1:4711"): known after all have begun.
    std::function<QString(const QString &name)> urlOf;
    /// Reaches another stand-in: a push to GitHub starts a build of Jenkins (its webhook). Null in a test of one alone.
    std::function<QJsonObject(const QString &name, const QString &verb, const QJsonObject &details)> tell;

protected:
    QDateTime m_now;
};

} // namespace pilothouse::estate
