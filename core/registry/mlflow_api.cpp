// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_api.h"

#include <QJsonDocument>
#include <QSet>
#include <QUrl>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

namespace pilothouse::registry {

namespace {

constexpr double infinityInDatabases = 1e308;
constexpr qint64 longestReply = 256 << 20; ///< 10,000 versions with all their tags in one
constexpr qint64 longestWait = 30; ///< seconds that a server may make a write wait

QString withoutSlash(QString url) {
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    return url;
}

QString hostOf(const QUrl &url) { return url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host()).arg(url.port()); }

bool looksLikeHtml(const QByteArray &body) {
    const QByteArray begin = body.left(512).trimmed().toLower();
    return begin.startsWith("<!doctype html") || begin.startsWith("<html");
}

/// Python writes NaN and Infinity into JSON as they are, some of MLflow's calls and its proxies, too; outside texts they are put into quotes.
QByteArray withQuotedNumbers(const QByteArray &json) {
    static const QByteArrayList words{"-Infinity", "Infinity", "NaN"};
    QByteArray out;
    bool inText = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText && c == '\\' && i + 1 < json.size()) {
            out += c;
            out += json[++i];
            continue;
        }
        if (c == '"')
            inText = !inText;
        const auto word = inText ? words.end() : std::find_if(words.begin(), words.end(), [&](const QByteArray &w) { return QByteArrayView(json).sliced(i).startsWith(w); });
        if (word == words.end()) {
            out += c;
            continue;
        }
        out += '"' + *word + '"';
        i += word->size() - 1;
    }
    return out;
}

QJsonDocument parsed(const QByteArray &body, QJsonParseError *error) {
    const QJsonDocument document = QJsonDocument::fromJson(body, error);
    return error->error == QJsonParseError::NoError ? document : QJsonDocument::fromJson(withQuotedNumbers(body), error);
}

/// MLflow answers a write with nothing or with what was written.
bool isReplyToWrite(const QJsonObject &reply) {
    static const QStringList written{QStringLiteral("run"), QStringLiteral("run_info"), QStringLiteral("model_version"), QStringLiteral("registered_model"), QStringLiteral("experiment_id")};
    return reply.isEmpty() || std::any_of(written.begin(), written.end(), [&](const QString &key) { return reply.contains(key); });
}

/// What to do, for the statuses of which net::statusError() knows nothing better.
QString remedy(const net::Response &response) {
    const QByteArray wait = response.header("Retry-After");
    if ((response.status == 429 || response.status == 503) && !wait.isEmpty())
        return wait.toLongLong() > 0 ? QStringLiteral("Try again in %1 s: the server asks for that pause.").arg(wait.toLongLong()) : QStringLiteral("Try again later.");
    if (response.status == 502 || response.status == 504)
        return QStringLiteral("A proxy answered in its place: is the server behind it running?");
    if (response.status >= 500)
        return QStringLiteral("Look at the server's log, and try again.");
    if (response.status == 409 || response.status == 412)
        return QStringLiteral("Look again and decide anew.");
    if (response.status == 404 || response.status == 410)
        return QStringLiteral("Check the name, and that the address is that of an MLflow server.");
    return QStringLiteral("Check what was asked for; the server's own words stand in the details.");
}

Error noMlflow(const net::Request &request, const QString &what) {
    return invalid(what, QUrl(request.url).toString(QUrl::RemoveQuery | QUrl::RemoveUserInfo),
                   QStringLiteral("Is the address that of an MLflow server, with its path if it stands under one? A login page in front of it answers so, too."));
}

} // namespace

MlflowApi::MlflowApi(std::shared_ptr<net::HttpClient> http, MlflowServer server) : m_http(std::move(http)), m_server(std::move(server)) { m_server.url = withoutSlash(m_server.url); }

QString MlflowApi::host() const { return hostOf(QUrl(m_server.url)); }

Result<net::Request> MlflowApi::request(const char *method, const QString &path, const QUrlQuery &query) const {
    net::Request request;
    request.method = method;
    request.url = m_server.url + path;
    if (!query.isEmpty())
        request.url += QLatin1Char('?') + query.toString(QUrl::FullyEncoded).replace(QLatin1Char('+'), QLatin1String("%2B")); // a plus would be read as a space
    request.caFile = m_server.caFile;
    request.timeoutMs = m_server.timeoutMs;
    request.maxBytes = longestReply;
    if (m_server.authorization) {
        PH_ASSIGN(const QByteArray value, m_server.authorization());
        if (!value.isEmpty())
            request.headers << net::Header{"Authorization", value};
    }
    return request;
}

Error MlflowApi::error(const net::Request &request, const net::Response &response) {
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString code = body.value(QLatin1String("error_code")).toString();
    if (code.isEmpty() && looksLikeHtml(response.body) && response.status != 401 && response.status < 500)
        return noMlflow(request, QStringLiteral("%1 answered with a web page (status %2).").arg(QUrl(request.url).host()).arg(response.status));
    if (response.status == 404 && code.isEmpty())
        return noMlflow(request, QStringLiteral("%1 knows no such path (status 404).").arg(QUrl(request.url).host())); // what MLflow itself lacks it names by a code
    Error error = net::statusError(request, response);
    if (error.hint.isEmpty() || response.status == 429)
        error.hint = remedy(response);
    if (code == QLatin1String("RESOURCE_DOES_NOT_EXIST")) {
        error.kind = ErrorKind::NotFound;
    } else if (code == QLatin1String("RESOURCE_ALREADY_EXISTS") || code == QLatin1String("RESOURCE_CONFLICT")) {
        error.kind = ErrorKind::Conflict;
    } else if (code == QLatin1String("INVALID_PARAMETER_VALUE") && error.what.contains(QLatin1String("Changing param values is not allowed"))) {
        error.kind = ErrorKind::Conflict;
        error.hint = QStringLiteral("Parameters are written once; start a new run.");
    } else if (response.status == 403 && code.isEmpty() && response.body.contains("Invalid Host header")) {
        error.what = QStringLiteral("The server refuses to be called “%1”: MLflow 3 answers only to names it knows.").arg(hostOf(QUrl(request.url)));
        error.hint = QStringLiteral("Start it with --allowed-hosts (MLFLOW_SERVER_ALLOWED_HOSTS) and this name with its port. Through a port-forward use http://localhost:PORT.");
    } else if (response.status == 403 && code.isEmpty() && !response.body.isEmpty()) {
        error.what = QStringLiteral("The server says no: %1").arg(QString::fromUtf8(response.body.left(300)).trimmed()); // its login answers in plain text
    }
    return error;
}

Result<net::Response> MlflowApi::sent(const net::Request &request, std::stop_token stop) const {
    auto response = m_http->send(request, stop);
    if (!response || response->status != 401 || !m_server.refused)
        return response;
    m_server.refused(); // a token that was withdrawn, or a clock that is wrong: refused before anything was done
    PH_ASSIGN(const QByteArray value, m_server.authorization());
    net::Request again = request;
    again.headers.removeIf([](const net::Header &header) { return header.name == "Authorization"; });
    again.headers << net::Header{"Authorization", value};
    return m_http->send(again, stop);
}

Result<void> MlflowApi::accepted(const net::Request &request, const net::Response &response) {
    if (response.status >= 300 && response.status < 400)
        return noMlflow(request, QStringLiteral("%1 sends elsewhere (status %2: %3).").arg(QUrl(request.url).host()).arg(response.status).arg(QUrl(QString::fromUtf8(response.header("Location"))).host()));
    if (response.status >= 400)
        return error(request, response);
    return {};
}

Result<net::Response> MlflowApi::raw(const net::Request &request, std::stop_token stop) const {
    PH_ASSIGN(net::Response response, sent(request, stop));
    PH_TRY(accepted(request, response));
    return response;
}

Result<QJsonObject> MlflowApi::answer(const net::Request &request, std::stop_token stop, Outcome *outcome) const {
    Outcome ignored;
    Outcome &o = outcome ? *outcome : ignored;
    o = {};
    const auto response = sent(request, stop);
    if (!response) {
        o.unclear = !net::neverSent(response.error());
        o.broke = o.unclear && response.error().kind == ErrorKind::Unreachable;
        return response.error();
    }
    o.unclear = response->status >= 500; // it may come from a proxy, while the server has done it
    if (const QByteArray asked = response->header("Retry-After"); response->status == 429 || response->status == 503) {
        bool seconds = false;
        const qint64 wait = asked.toLongLong(&seconds);
        o.wait = seconds && wait >= 0 ? wait : -1; // a date is left to the person
    }
    PH_TRY(accepted(request, *response));
    QJsonParseError failed;
    const QJsonDocument document = parsed(response->body, &failed);
    if (document.isObject())
        return document.object();
    o.unclear = true;
    return noMlflow(request, looksLikeHtml(response->body) ? QStringLiteral("%1 answered with a web page.").arg(QUrl(request.url).host())
                                                          : QStringLiteral("%1 answered with something that is no JSON: %2.").arg(QUrl(request.url).host(), failed.errorString()));
}

Result<QJsonObject> MlflowApi::getPath(const QString &path, const QUrlQuery &query, std::stop_token stop) const {
    PH_ASSIGN(const net::Request asked, request("GET", path, query));
    return answer(asked, stop);
}

Result<QJsonObject> MlflowApi::get(const QString &call, const QUrlQuery &query, std::stop_token stop) const { return getPath(QStringLiteral("/api/2.0/mlflow/") + call, query, stop); }

Result<QJsonObject> MlflowApi::send(const char *method, const QString &call, const QJsonObject &body, std::stop_token stop) const {
    PH_ASSIGN(net::Request asked, request(method, QStringLiteral("/api/2.0/mlflow/") + call));
    asked.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    asked.idempotent = false;
    return answer(asked, stop);
}

QString MlflowApi::curl(const MlflowCall &call) const {
    const auto quoted = [](QString text) { return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\''); };
    QStringList words{QStringLiteral("curl --fail-with-body -X %1 %2").arg(QLatin1String(call.method), quoted(m_server.url + QStringLiteral("/api/2.0/mlflow/") + call.call))};
    if (!m_server.caFile.isEmpty())
        words << QStringLiteral("--cacert ") + quoted(m_server.caFile);
    if (!m_server.curlLogin.isEmpty())
        words << m_server.curlLogin;
    words << QStringLiteral("-H 'Content-Type: application/json'") << QStringLiteral("-d ") + quoted(QString::fromUtf8(QJsonDocument(call.body).toJson(QJsonDocument::Compact)));
    return words.join(QLatin1Char(' '));
}

Result<QJsonObject> MlflowApi::write(const char *method, const QString &call, QJsonObject &body, const ReadBack &readBack) const {
    for (int attempt = 1;; ++attempt) {
        PH_ASSIGN(net::Request asked, request(method, QStringLiteral("/api/2.0/mlflow/") + call));
        asked.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
        asked.idempotent = false;
        Outcome outcome;
        auto reply = answer(asked, {}, &outcome);
        if (reply && isReplyToWrite(*reply))
            return reply;
        outcome.unclear = outcome.unclear || reply.has_value();
        Error error = reply ? noMlflow(asked, QStringLiteral("%1 answered as MLflow does not.").arg(QUrl(asked.url).host())) : std::move(reply).error();
        const bool worthWaiting = outcome.wait >= 0 && outcome.wait <= longestWait && outcome.wait * 1000 < m_server.timeoutMs;
        if (outcome.unclear) {
            auto seen = readBack();
            if (!seen) {
                error.what += QStringLiteral(" It is not known whether the change was made.");
                error.hint = QStringLiteral("Look at it on %1 before doing it again.").arg(host());
                return error;
            }
            if (*seen)
                return **std::move(seen);
        }
        if (attempt == 1 && (outcome.broke || worthWaiting)) {
            if (outcome.wait > 0)
                std::this_thread::sleep_for(std::chrono::seconds(outcome.wait));
            continue;
        }
        if (outcome.unclear)
            error.what += error.kind == ErrorKind::TimedOut ? QStringLiteral(" The change was not made so far.") : QStringLiteral(" The change was not made.");
        return error;
    }
}

Result<QJsonObject> MlflowApi::search(const QString &call, const QJsonObject &body, std::stop_token stop) const {
    PH_ASSIGN(net::Request asked, request("POST", QStringLiteral("/api/2.0/mlflow/") + call));
    asked.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    asked.idempotent = true;
    return answer(asked, stop);
}

Result<void> MlflowApi::checkList(const QJsonObject &reply, const char *list) {
    const bool foreign = !reply.isEmpty() && !reply.contains(QLatin1String(list)) && !reply.contains(QLatin1String("next_page_token"));
    if (foreign || (reply.contains(QLatin1String(list)) && !reply.value(QLatin1String(list)).isArray()))
        return invalid(QStringLiteral("The reply is no list of “%1”.").arg(QLatin1String(list)), {}, QStringLiteral("Is the address that of an MLflow server? Something in between may have changed its answer."));
    return {};
}

Result<void> MlflowApi::eachItem(const std::function<Result<QJsonObject>(const QString &)> &page, const char *list, const std::function<bool(const QJsonObject &)> &each) {
    QString token;
    QSet<QString> seen;
    do {
        PH_ASSIGN(const QJsonObject reply, page(token));
        PH_TRY(checkList(reply, list));
        for (const QJsonValue &item : reply.value(QLatin1String(list)).toArray())
            if (!each(item.toObject()))
                return {};
        const QString next = reply.value(QLatin1String("next_page_token")).toString();
        if (seen.contains(next))
            return invalid(QStringLiteral("The list does not end: the server names a next page that was there already."), {}, QStringLiteral("Look at the server's version and at proxies before it."));
        if (!next.isEmpty())
            seen.insert(next);
        token = next;
    } while (!token.isEmpty());
    return {};
}

Result<QJsonObject> mlflowPart(const QJsonObject &reply, const char *key) {
    const QJsonValue part = reply.value(QLatin1String(key));
    if (!part.isObject())
        return invalid(QStringLiteral("The reply lacks “%1”.").arg(QLatin1String(key)), {}, QStringLiteral("Is the address that of an MLflow server? Something in between may have changed its answer."));
    return part.toObject();
}

int mlflowVersionNumber(const QJsonValue &value) {
    const qint64 number = mlflowInteger(value);
    return number > 0 && number <= std::numeric_limits<int>::max() ? int(number) : 0;
}

double mlflowNumber(const QJsonValue &value) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double number = std::numeric_limits<double>::quiet_NaN();
    if (value.isDouble())
        number = value.toDouble();
    else if (const QString text = value.toString(); text == QLatin1String("Infinity"))
        number = infinity;
    else if (text == QLatin1String("-Infinity"))
        number = -infinity;
    else if (bool good = false; !text.isEmpty())
        if (const double written = text.toDouble(&good); good)
            number = written;
    return std::abs(number) >= infinityInDatabases ? std::copysign(infinity, number) : number;
}

QJsonValue mlflowNumber(double value) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("Infinity") : QStringLiteral("-Infinity");
    return value;
}

qint64 mlflowInteger(const QJsonValue &value) {
    if (value.isString())
        return value.toString().toLongLong();
    const double number = value.toDouble();
    return std::abs(number) < 9.2e18 ? value.toInteger(qint64(number)) : 0; // 1.0 and 1.5 are whole enough; 1e300 is no integer
}

QMap<QString, QString> mlflowPairs(const QJsonValue &list) {
    QMap<QString, QString> out;
    for (const QJsonValue &pair : list.toArray())
        out.insert(pair[QLatin1String("key")].toString(), pair[QLatin1String("value")].toString());
    return out;
}

QJsonArray mlflowPairs(const QMap<QString, QString> &pairs) {
    QJsonArray out;
    for (auto it = pairs.begin(); it != pairs.end(); ++it)
        out.append(QJsonObject{{QStringLiteral("key"), it.key()}, {QStringLiteral("value"), it.value()}});
    return out;
}

} // namespace pilothouse::registry
