// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QUrlQuery>

#include <functional>
#include <optional>

namespace pilothouse::registry {

/// An MLflow server and how one asks it.
struct MlflowServer {
    QString url;    ///< as in a browser: "https://mlflow.example:5000", with a path if it stands under one
    QString caFile; ///< private CA; empty = system
    /// Value of the Authorization header for the next call ("Basic …", "Bearer …"), empty for none; null function: none. From a secret store: the
    /// value is kept nowhere here.
    std::function<Result<QByteArray>()> authorization;
    QString curlLogin = {}; ///< how curl logs in, its secret by a variable: -u "ops:$PILOTHOUSE_SECRET_MLFLOW"; empty: not at all
    int timeoutMs = 30000; ///< of one call with its repeats; artifacts have none, but are given up when nothing comes any more
    /// The server refused (401) what authorization() gave: it gives another one now, and the call is sent once more. Null: it would give the same.
    std::function<void()> refused = nullptr;
};

/// One call that changes something: POST registered-models/alias {…}
struct MlflowCall {
    const char *method;
    QString call; ///< below /api/2.0/mlflow/
    QJsonObject body;
};

/// The REST interface of MLflow 2.x and 3.x (mlflow.org, "REST API"). Calls block and may be made from any thread.
/// Errors, beside those of a connection: NotFound and Conflict by MLflow's error codes, whatever the status; Denied also for the security
/// layer of 3.x, which refuses names of the server that it does not know; Invalid for an answer that is no JSON (a login page, another server).
class MlflowApi {
public:
    MlflowApi(std::shared_ptr<net::HttpClient> http, MlflowServer server);
    QString host() const; ///< "host:port"
    /// @param call "runs/get", below /api/2.0/mlflow/
    Result<QJsonObject> get(const QString &call, const QUrlQuery &query, std::stop_token stop = {}) const;
    Result<QJsonObject> getPath(const QString &path, const QUrlQuery &query, std::stop_token stop = {}) const; ///< of any path of the server
    Result<QJsonObject> send(const char *method, const QString &call, const QJsonObject &body, std::stop_token stop = {}) const;
    /// A call as a line for a shell.
    QString curl(const MlflowCall &call) const;
    /// What a look at the server says after a write whose reply got lost: the reply's equal if it was done, nothing if it was not.
    using ReadBack = std::function<Result<std::optional<QJsonObject>>()>;
    /// A write that must not happen twice. If the connection breaks, the time runs out, the server fails (5xx) or answers with no JSON, nobody knows
    /// whether it was done: `readBack` looks. Done is success; not done is sent once more after a broken connection, else it is the error. If
    /// looking fails, too, the error says that it is not known. If a 429 or 503 names a time (Retry-After), that is waited for and it is sent once more.
    /// @param body `readBack` may narrow it to what is still missing
    Result<QJsonObject> write(const char *method, const QString &call, QJsonObject &body, const ReadBack &readBack) const;
    Result<QJsonObject> write(MlflowCall call, const ReadBack &readBack) const { return write(call.method, call.call, call.body, readBack); }
    /// A search by POST: it may be sent again after a broken connection.
    Result<QJsonObject> search(const QString &call, const QJsonObject &body, std::stop_token stop = {}) const;
    /// Every item of a list that comes in pages ("page_token", "next_page_token").
    /// @param page asks for one page: token → reply   @param list the key of the items   @param each false: enough
    static Result<void> eachItem(const std::function<Result<QJsonObject>(const QString &token)> &page, const char *list, const std::function<bool(const QJsonObject &)> &each);
    /// Invalid for a reply that is no page of this list: JSON, but not MLflow's. An empty list is left out there.
    static Result<void> checkList(const QJsonObject &reply, const char *list);
    /// A request to a path of the server, with address, login and CA; for artifacts.
    Result<net::Request> request(const char *method, const QString &path, const QUrlQuery &query = {}) const;
    Result<net::Response> raw(const net::Request &request, std::stop_token stop = {}) const;
    net::HttpClient &http() const { return *m_http; }
    static Error error(const net::Request &request, const net::Response &response);

private:
    /// What is known of a call that failed.
    struct Outcome {
        bool unclear = false; ///< the server may have done what was asked
        bool broke = false;   ///< the connection did: the call may be sent again if it was not done
        qint64 wait = -1;     ///< seconds that a 429 or 503 asks for (Retry-After)
    };
    Result<QJsonObject> answer(const net::Request &request, std::stop_token stop, Outcome *outcome = nullptr) const;
    Result<net::Response> sent(const net::Request &request, std::stop_token stop) const; ///< once more with another token where the first was refused
    static Result<void> accepted(const net::Request &request, const net::Response &response);
    std::shared_ptr<net::HttpClient> m_http;
    MlflowServer m_server;
};

/// A number as MLflow writes it: 0.5, "NaN", "Infinity", "-Infinity"; its databases keep infinity as the largest double.
double mlflowNumber(const QJsonValue &value);
QJsonValue mlflowNumber(double value);
/// The object below a key of a reply. Invalid if it is not there: JSON, but not MLflow's.
Result<QJsonObject> mlflowPart(const QJsonObject &reply, const char *key);
/// A version's number; 0 if it is none or too large to be one.
int mlflowVersionNumber(const QJsonValue &value);
/// int64 as a number or a text; 0 if it is none.
qint64 mlflowInteger(const QJsonValue &value);
/// [{"key","value"}, …] ↔ map
QMap<QString, QString> mlflowPairs(const QJsonValue &list);
QJsonArray mlflowPairs(const QMap<QString, QString> &pairs);

} // namespace pilothouse::registry
