// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QUrlQuery>

namespace pilothouse::registry {

/// An MLflow server and how one asks it.
struct MlflowServer {
    QString url;    ///< as in a browser: "https://mlflow.example:5000", with a path if it stands under one
    QString caFile; ///< private CA; empty = system
    /// Value of the Authorization header for the next call ("Basic …", "Bearer …"), empty for none; null function: none. From a secret store: the
    /// value is kept nowhere here.
    std::function<Result<QByteArray>()> authorization;
    /// The server refused (401) what authorization() gave: it gives another one now, and the call is sent once more. Null: it would give the same.
    std::function<void()> refused = nullptr;
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
    Result<QJsonObject> send(const char *method, const QString &call, const QJsonObject &body, std::stop_token stop = {}) const;
    /// A search by POST: it may be sent again after a broken connection.
    Result<QJsonObject> search(const QString &call, const QJsonObject &body, std::stop_token stop = {}) const;
    /// Every item of a list that comes in pages ("page_token", "next_page_token").
    /// @param page asks for one page: token → reply   @param list the key of the items   @param each false: enough
    static Result<void> eachItem(const std::function<Result<QJsonObject>(const QString &token)> &page, const char *list, const std::function<bool(const QJsonObject &)> &each);
    /// A request to a path of the server, with address, login and CA; for artifacts.
    Result<net::Request> request(const char *method, const QString &path, const QUrlQuery &query = {}) const;
    Result<net::Response> raw(const net::Request &request, std::stop_token stop = {}) const;
    net::HttpClient &http() const { return *m_http; }
    static Error error(const net::Request &request, const net::Response &response);

private:
    Result<QJsonObject> answer(const net::Request &request, std::stop_token stop) const;
    std::shared_ptr<net::HttpClient> m_http;
    MlflowServer m_server;
};

/// A number as MLflow writes it: 0.5, "NaN", "Infinity", "-Infinity"; its databases keep infinity as the largest double.
double mlflowNumber(const QJsonValue &value);
QJsonValue mlflowNumber(double value);
/// int64 as a number or a text; 0 if it is none.
qint64 mlflowInteger(const QJsonValue &value);
/// [{"key","value"}, …] ↔ map
QMap<QString, QString> mlflowPairs(const QJsonValue &list);
QJsonArray mlflowPairs(const QMap<QString, QString> &pairs);

} // namespace pilothouse::registry
