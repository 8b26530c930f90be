// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/net/http.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::serving {

/// How an endpoint wants to be asked, so that an own service behind a login and KServe are the same thing to the panels.
/// As JSON (a profile file of the workspace):
///   {"path":"/predict","method":"POST","headers":{"Host":"iris.example"},
///    "input":{"instances":"{{rows}}"},
///    "output":{"predictions":"/predictions","probabilities":"/probabilities","version":"/model_version","id":"/prediction_id"},
///    "login":{"path":"/login","method":"POST","body":{"username":"ops","password":"{{secret:weather-login}}"},
///             "token":"/access_token","header":"Authorization","prefix":"Bearer "}}
/// Placeholders of `input`, each a whole JSON string: {{row}} one row by names, {{values}} one row as a list, {{rows}} rows as lists,
/// {{named_rows}} rows by names, {{input:NAME}} one value. A template without a many-row placeholder is sent once a row.
/// {{tensors}} one tensor of the Open Inference Protocol for each input. {{shape}} is [rows, inputs], for a tensor of {{rows}}; {{id}} a new request id.
/// `output` holds JSON pointers (RFC 6901); a pointer to one value or to a list. Instead of `predictions` and `probabilities` it may have `tensors`,
/// the place of the output tensors, which are read by their names (rowsOfTensors). {{secret:NAME}} is replaced where it is sent and nowhere else.
struct RequestProfile {
    QString path, method = QStringLiteral("POST");
    QHash<QString, QString> headers;
    QJsonValue input;
    QString predictions, probabilities, tensors, version, id;
    struct Login {
        QString path, method = QStringLiteral("POST");
        QJsonValue body;
        QString token, header = QStringLiteral("Authorization"), prefix = QStringLiteral("Bearer ");
    };
    std::optional<Login> login;
    QJsonObject toJson() const;
    static Result<RequestProfile> fromJson(const QJsonObject &object, const QString &where);
};

/// The profile of a protocol: rest (ours, and the reference systems'), kserve-v1 or kserve-v2.
/// @param model  {m} of the KServe routes
/// @param url    where it is asked; one that ends with a KServe route ("…/v2/models/m/versions/2/infer") names the model itself
/// Invalid: an unknown protocol, a KServe route without a model.
Result<RequestProfile> profileOf(const QString &protocol, const QString &model, const QString &url = {});

/// Reads an OpenAPI 3 document (FastAPI's /openapi.json, or ours) and proposes how to ask: the POST route that predicts, its
/// body, where the answer holds what, and a login route if there is one. NotFound if no route looks like a prediction.
Result<RequestProfile> proposeProfile(const QJsonObject &openApi);

struct EndpointAnswer {
    std::vector<QJsonValue> predictions;   ///< one a row
    std::vector<QJsonValue> probabilities; ///< one a row, or none
    QString version, id;
    double milliseconds = 0; ///< of all calls, login apart
};

/// A client for any endpoint. Secrets come by name through a function, for the time of the call. Any thread; a token is
/// kept and fetched anew when the endpoint answers 401.
class Endpoint {
public:
    using Secrets = std::function<Result<QString>(const QString &name)>;
    /// @param apiKeySecret  name of a secret sent as X-API-Key; empty: none
    Endpoint(std::shared_ptr<net::HttpClient> http, QString url, RequestProfile profile, Secrets secrets, QString apiKeySecret = {});
    /// @param columns  input names in the order of the lists  @param rows  one object by names for each row
    Result<EndpointAnswer> predict(const QStringList &columns, const std::vector<QJsonObject> &rows, std::stop_token token = {});
    /// GET of another route of the same service ("/model-info"), with the headers, login and key of its predictions. Errors: as HTTP tells them;
    /// Invalid if the answer is no JSON object.
    Result<QJsonObject> get(const QString &path, int timeoutMs, std::stop_token token = {});
    /// The same of a route that answers with a list ("/logs/100"), also one that stands in an object as its only list.
    Result<QJsonArray> getList(const QString &path, int timeoutMs, std::stop_token token = {});
    /// POST of a JSON object to another route ("/retrain/trigger"), never sent twice by itself. Errors as get().
    Result<QJsonObject> post(const QString &path, const QJsonObject &body, int timeoutMs, std::stop_token token = {});
    /// For an address that is no URL yet (a service that only its cluster sees): prepare() changes each request into one that arrives, blocking, before it is sent;
    /// failed() hears that one did not come through. Call before the first request.
    struct Way {
        std::function<Result<void>(net::Request &request, std::stop_token token)> prepare;
        std::function<void()> failed;
    };
    void setWay(Way way) { m_way = std::move(way); }
    /// The body that a call for these rows sends.
    Result<QJsonValue> body(const QStringList &columns, const std::vector<QJsonObject> &rows) const;

private:
    Result<void> logIn(int timeoutMs, std::stop_token token);
    Result<net::Response> send(net::Request request, std::stop_token token);
    Result<net::Response> transmit(net::Request request, std::stop_token token);
    Result<void> take(const QJsonDocument &answer, std::size_t rows, EndpointAnswer &into) const;
    std::shared_ptr<net::HttpClient> m_http;
    QString m_url;
    RequestProfile m_profile;
    Secrets m_secrets;
    QString m_apiKeySecret;
    Way m_way;
    std::mutex m_lock;
    QString m_token;
};

} // namespace pilothouse::serving
