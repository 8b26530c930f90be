// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/endpoint.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/serving/tensors.h"

#include <QJsonDocument>
#include <QRegularExpression>

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {

/// The value a JSON pointer leads to; undefined if it leads nowhere. "" is the document.
QJsonValue at(const QJsonDocument &document, const QString &pointer) {
    QJsonValue value = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    if (pointer.isEmpty())
        return value;
    for (QString part : pointer.mid(1).split(QLatin1Char('/'))) {
        part.replace(Q("~1"), Q("/")).replace(Q("~0"), Q("~"));
        if (value.isArray()) {
            bool number = false;
            const int index = part.toInt(&number);
            value = number ? value.toArray().at(index) : QJsonValue(QJsonValue::Undefined);
        } else {
            value = value.toObject().value(part);
        }
    }
    return value;
}

QString placeholder(const QString &text) { return text.startsWith(Q("{{")) && text.endsWith(Q("}}")) ? text.mid(2, text.size() - 4).trimmed() : QString(); }

/// Applies `fill` to every text of a JSON value.
Result<QJsonValue> filled(const QJsonValue &value, const std::function<Result<QJsonValue>(const QString &)> &fill) {
    if (value.isString())
        return fill(value.toString());
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &item : value.toArray()) {
            PH_ASSIGN(const QJsonValue one, filled(item, fill));
            out.append(one);
        }
        return QJsonValue(out);
    }
    if (value.isObject()) {
        QJsonObject out;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            PH_ASSIGN(const QJsonValue one, filled(it.value(), fill));
            out.insert(it.key(), one);
        }
        return QJsonValue(out);
    }
    return value;
}

bool holds(const QJsonValue &value, const QStringList &names) {
    bool found = false;
    (void)bool(filled(value, [&](const QString &text) -> Result<QJsonValue> {
        found = found || names.contains(placeholder(text));
        return QJsonValue(text);
    }));
    return found;
}

QJsonArray listOf(const QStringList &columns, const QJsonObject &row) {
    QJsonArray out;
    for (const QString &column : columns)
        out.append(row.value(column).isUndefined() ? QJsonValue() : row.value(column));
    return out;
}

} // namespace

QJsonObject RequestProfile::toJson() const {
    QJsonObject head;
    for (auto it = headers.begin(); it != headers.end(); ++it)
        head.insert(it.key(), it.value());
    QJsonObject output{{Q("version"), version}, {Q("id"), id}};
    if (tensors.isEmpty()) {
        output.insert(Q("predictions"), predictions);
        output.insert(Q("probabilities"), probabilities);
    } else {
        output.insert(Q("tensors"), tensors);
    }
    QJsonObject out{{Q("path"), path}, {Q("method"), method}, {Q("headers"), head}, {Q("input"), input}, {Q("output"), output}};
    if (login)
        out.insert(Q("login"), QJsonObject{{Q("path"), login->path}, {Q("method"), login->method}, {Q("body"), login->body}, {Q("token"), login->token},
                                           {Q("header"), login->header}, {Q("prefix"), login->prefix}});
    return out;
}

Result<RequestProfile> RequestProfile::fromJson(const QJsonObject &object, const QString &where) {
    static const QStringList known{QStringLiteral("path"), QStringLiteral("method"), QStringLiteral("headers"), QStringLiteral("input"), QStringLiteral("output"), QStringLiteral("login")};
    for (const QString &key : object.keys())
        if (!known.contains(key))
            return invalid(QStringLiteral("A request profile has no “%1”.").arg(key), where, QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
    JsonReader reader(object, where);
    RequestProfile p;
    p.path = reader.text("path");
    p.method = reader.text("method", p.method).toUpper();
    JsonReader output(reader.object("output"), where + QStringLiteral(": output"));
    p.tensors = output.text("tensors", QString());
    p.predictions = p.tensors.isEmpty() ? output.text("predictions") : output.text("predictions", QString());
    p.probabilities = output.text("probabilities", QString());
    p.version = output.text("version", QString());
    p.id = output.text("id", QString());
    PH_TRY(reader.check());
    PH_TRY(output.check());
    if (!p.tensors.isEmpty() && !(p.predictions.isEmpty() && p.probabilities.isEmpty()))
        return invalid(QStringLiteral("The profile's `output` has `tensors`, and `predictions` or `probabilities` beside it."), where, QStringLiteral("Tensors are read by their names: leave the others out."));
    p.input = object.value(Q("input"));
    if (!p.input.isObject() && !p.input.isArray())
        return invalid(QStringLiteral("The profile's `input` must be an object or a list."), where);
    const QJsonObject headers = object.value(Q("headers")).toObject();
    for (auto it = headers.begin(); it != headers.end(); ++it)
        p.headers.insert(it.key(), it.value().toString());
    if (object.contains(Q("login"))) {
        JsonReader login(object.value(Q("login")).toObject(), where + QStringLiteral(": login"));
        Login l;
        l.path = login.text("path");
        l.method = login.text("method", l.method).toUpper();
        l.token = login.text("token");
        l.header = login.text("header", l.header);
        l.prefix = login.text("prefix", l.prefix);
        l.body = login.raw().value(Q("body"));
        PH_TRY(login.check());
        p.login = l;
    }
    return p;
}

namespace {

/// The route of a KServe protocol: as the address ends, else that of the model.
Result<QString> routeOf(const QRegularExpression &ending, const QString &usual, const QString &model, const QString &url) {
    if (const auto found = ending.match(url); found.hasMatch())
        return found.captured(1);
    if (model.isEmpty())
        return invalid(QStringLiteral("Nothing says which model of this address is asked."), url, QStringLiteral("Write the whole address: %1%2").arg(url, usual.arg(QStringLiteral("MODEL"))));
    return usual.arg(model);
}

} // namespace

Result<RequestProfile> profileOf(const QString &protocol, const QString &model, const QString &url) {
    static const QRegularExpression v1(QStringLiteral("(/v1/models/[^/:]+:predict)/*$")), v2(QStringLiteral("(/v2/models/[^/]+(?:/versions/[^/]+)?/infer)/*$"));
    RequestProfile p;
    if (protocol.isEmpty() || protocol == Q("rest")) {
        p.path = QStringLiteral("/predict");
        p.input = QJsonObject{{Q("rows"), Q("{{named_rows}}")}};
        p.predictions = QStringLiteral("/predictions");
        p.probabilities = QStringLiteral("/probabilities");
        p.version = QStringLiteral("/model_version");
        p.id = QStringLiteral("/prediction_id");
    } else if (protocol == Q("kserve-v1")) {
        PH_ASSIGN(p.path, routeOf(v1, QStringLiteral("/v1/models/%1:predict"), model, url));
        p.input = QJsonObject{{Q("instances"), Q("{{rows}}")}};
        p.predictions = QStringLiteral("/predictions");
    } else if (protocol == Q("kserve-v2")) {
        PH_ASSIGN(p.path, routeOf(v2, QStringLiteral("/v2/models/%1/infer"), model, url));
        p.input = QJsonObject{{Q("id"), Q("{{id}}")}, {Q("inputs"), Q("{{tensors}}")}}; // KServe 0.21 fails without an id
        p.tensors = QStringLiteral("/outputs");
        p.version = QStringLiteral("/model_version");
        p.id = QStringLiteral("/id");
    } else {
        return invalid(QStringLiteral("The protocol “%1” is not known.").arg(protocol), {}, QStringLiteral("Known: rest, kserve-v1, kserve-v2."));
    }
    return p;
}

Endpoint::Endpoint(std::shared_ptr<net::HttpClient> http, QString url, RequestProfile profile, Secrets secrets, QString apiKeySecret)
    : m_http(std::move(http)), m_url(std::move(url)), m_profile(std::move(profile)), m_secrets(std::move(secrets)), m_apiKeySecret(std::move(apiKeySecret)) {
    while (m_url.endsWith(QLatin1Char('/')))
        m_url.chop(1);
}

Result<QJsonValue> Endpoint::body(const QStringList &columns, const std::vector<QJsonObject> &rows) const {
    if (rows.empty())
        return invalid(QStringLiteral("There is no row to send."));
    return filled(m_profile.input, [&](const QString &text) -> Result<QJsonValue> {
        const QString name = placeholder(text);
        if (name.isEmpty())
            return QJsonValue(text);
        if (name == Q("row"))
            return QJsonValue(rows.front());
        if (name == Q("values"))
            return QJsonValue(listOf(columns, rows.front()));
        if (name.startsWith(Q("input:"))) {
            const QString input = name.mid(6);
            if (!rows.front().contains(input))
                return invalid(QStringLiteral("The profile asks for the input “%1”, which the row does not have.").arg(input));
            return rows.front().value(input);
        }
        QJsonArray list;
        if (name == Q("rows") || name == Q("named_rows")) {
            for (const QJsonObject &row : rows)
                list.append(name == Q("rows") ? QJsonValue(listOf(columns, row)) : QJsonValue(row));
            return QJsonValue(list);
        }
        if (name == Q("id"))
            return QJsonValue(randomHex(8));
        if (name == Q("shape"))
            return QJsonValue(QJsonArray{int(rows.size()), int(columns.size())});
        if (name == Q("tensors")) {
            for (const QString &column : columns) {
                QJsonArray data;
                bool text = false;
                for (const QJsonObject &row : rows) {
                    data.append(row.value(column).isUndefined() ? QJsonValue() : row.value(column));
                    text = text || row.value(column).isString();
                }
                list.append(QJsonObject{{Q("name"), column}, {Q("shape"), QJsonArray{int(rows.size())}}, {Q("datatype"), text ? Q("BYTES") : Q("FP64")}, {Q("data"), data}});
            }
            return QJsonValue(list);
        }
        return invalid(QStringLiteral("The profile's placeholder “%1” is not known.").arg(text), {},
                       QStringLiteral("Known: {{row}}, {{values}}, {{rows}}, {{named_rows}}, {{tensors}}, {{shape}}, {{id}}, {{input:NAME}}."));
    });
}

Result<EndpointAnswer> Endpoint::predict(const QStringList &columns, const std::vector<QJsonObject> &rows, std::stop_token token) {
    static const QStringList many{QStringLiteral("rows"), QStringLiteral("named_rows"), QStringLiteral("tensors")};
    const std::size_t portion = holds(m_profile.input, many) ? rows.size() : 1;
    EndpointAnswer out;
    for (std::size_t from = 0; from < rows.size(); from += portion) {
        const std::vector<QJsonObject> part(rows.begin() + std::ptrdiff_t(from), rows.begin() + std::ptrdiff_t(std::min(rows.size(), from + portion)));
        PH_ASSIGN(const QJsonValue sent, body(columns, part));
        net::Request request;
        request.method = m_profile.method.toLatin1();
        request.url = m_url + m_profile.path;
        request.headers.append(net::Header{"Content-Type", "application/json"});
        request.body = compactJson(sent);
        PH_ASSIGN(const net::Response response, send(request, token));
        out.milliseconds += response.seconds * 1000;
        QJsonParseError wrong;
        const QJsonDocument answer = QJsonDocument::fromJson(response.body, &wrong);
        if (wrong.error != QJsonParseError::NoError)
            return invalid(QStringLiteral("The endpoint's answer is not JSON."), m_url + m_profile.path, QStringLiteral("Change the request profile; the address may be a web page."));
        PH_TRY(take(answer, part.size(), out));
    }
    return out;
}

Result<void> Endpoint::take(const QJsonDocument &answer, std::size_t rows, EndpointAnswer &into) const {
    const auto spread = [&](const QString &pointer, std::vector<QJsonValue> &out, bool needed) -> Result<void> {
        const QJsonValue value = at(answer, pointer);
        if (value.isUndefined() || value.isNull()) {
            if (!needed)
                return {};
            return invalid(QStringLiteral("The endpoint's answer has nothing at “%1”.").arg(pointer), m_url + m_profile.path, QStringLiteral("Change the profile's output pointer."));
        }
        if (value.isArray() && std::size_t(value.toArray().size()) == rows && (rows > 1 || needed)) {
            for (const QJsonValue &one : value.toArray())
                out.push_back(one);
            return {};
        }
        if (rows != 1)
            return invalid(QStringLiteral("The endpoint gave no list of %1 values at “%2”.").arg(rows).arg(pointer), m_url + m_profile.path);
        out.push_back(value);
        return {};
    };
    if (!m_profile.tensors.isEmpty()) {
        PH_ASSIGN(TensorRows tensors, rowsOfTensors(at(answer, m_profile.tensors), rows, m_url + m_profile.path));
        into.predictions.insert(into.predictions.end(), tensors.predictions.begin(), tensors.predictions.end());
        into.probabilities.insert(into.probabilities.end(), tensors.probabilities.begin(), tensors.probabilities.end());
    } else {
        PH_TRY(spread(m_profile.predictions, into.predictions, true));
    }
    if (!m_profile.probabilities.isEmpty())
        PH_TRY(spread(m_profile.probabilities, into.probabilities, false));
    const auto text = [&](const QString &pointer) {
        const QJsonValue value = pointer.isEmpty() ? QJsonValue() : at(answer, pointer);
        return value.isDouble() ? QString::number(value.toDouble(), 'g', 15) : value.toString();
    };
    into.version = text(m_profile.version);
    into.id = text(m_profile.id);
    return {};
}

Result<QJsonObject> Endpoint::get(const QString &path, int timeoutMs, std::stop_token token) {
    net::Request request;
    request.url = m_url + path;
    request.timeoutMs = timeoutMs;
    request.connectTimeoutMs = timeoutMs;
    request.maxBytes = 4 << 20;
    PH_ASSIGN(const net::Response response, send(request, token));
    return parseJsonObject(response.body, request.url);
}

Result<QJsonObject> Endpoint::post(const QString &path, const QJsonObject &body, int timeoutMs, std::stop_token token) {
    net::Request request;
    request.method = "POST";
    request.url = m_url + path;
    request.headers.append(net::Header{"Content-Type", "application/json"});
    request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    request.timeoutMs = timeoutMs;
    request.connectTimeoutMs = timeoutMs;
    request.maxBytes = 4 << 20;
    PH_ASSIGN(const net::Response response, send(request, token));
    return parseJsonObject(response.body, request.url);
}

Result<QJsonArray> Endpoint::getList(const QString &path, int timeoutMs, std::stop_token token) {
    net::Request request;
    request.url = m_url + path;
    request.timeoutMs = timeoutMs;
    request.connectTimeoutMs = timeoutMs;
    PH_ASSIGN(const net::Response response, send(request, token));
    const QJsonDocument document = QJsonDocument::fromJson(response.body);
    if (document.isArray())
        return document.array();
    QJsonArray found;
    int lists = 0;
    const QJsonObject object = document.object();
    for (const QJsonValue &value : object)
        if (value.isArray()) {
            found = value.toArray();
            ++lists;
        }
    if (lists == 1)
        return found;
    return invalid(QStringLiteral("The endpoint's answer is no list."), request.url, QStringLiteral("Its /logs route is not like that of the reference services."));
}

Result<void> Endpoint::logIn(int timeoutMs, std::stop_token token) {
    const RequestProfile::Login &login = *m_profile.login;
    PH_ASSIGN(const QJsonValue body, filled(login.body, [&](const QString &text) -> Result<QJsonValue> {
        const QString name = placeholder(text);
        if (!name.startsWith(Q("secret:")))
            return QJsonValue(text);
        if (!m_secrets)
            return notFound(QStringLiteral("The secret “%1” is needed and nobody can give it.").arg(name.mid(7)));
        PH_ASSIGN(const QString secret, m_secrets(name.mid(7)));
        return QJsonValue(secret);
    }));
    net::Request request;
    request.method = login.method.toLatin1();
    request.url = m_url + login.path;
    request.headers.append(net::Header{"Content-Type", "application/json"});
    for (auto it = m_profile.headers.begin(); it != m_profile.headers.end(); ++it) // an ingress finds the service by its Host header here, too
        request.headers.append(net::Header{it.key().toLatin1(), it.value().toUtf8()});
    request.body = compactJson(body);
    request.idempotent = false;
    request.timeoutMs = timeoutMs;
    PH_ASSIGN(const net::Response response, transmit(request, token));
    if (response.status >= 400)
        return net::statusError(request, response);
    const QString got = at(QJsonDocument::fromJson(response.body), login.token).toString();
    if (got.isEmpty())
        return invalid(QStringLiteral("The login gave no token at “%1”.").arg(login.token), request.url, QStringLiteral("Change the profile's login.token."));
    m_token = got;
    return {};
}

/// By the way there is, if the address is not one already.
Result<net::Response> Endpoint::transmit(net::Request request, std::stop_token token) {
    if (m_way.prepare)
        PH_TRY(m_way.prepare(request, token));
    auto response = m_http->send(request, token);
    if (!response && m_way.failed && response.error().kind != ErrorKind::Cancelled)
        m_way.failed();
    return response;
}

/// With the profile's headers, its login and the key.
Result<net::Response> Endpoint::send(net::Request request, std::stop_token token) {
    const QList<net::Header> own = request.headers;
    for (int attempt = 0;; ++attempt) {
        QString bearer;
        {
            const std::lock_guard guard(m_lock);
            if (m_profile.login && m_token.isEmpty())
                PH_TRY(logIn(request.timeoutMs, token));
            bearer = m_token;
        }
        request.headers = own;
        for (auto it = m_profile.headers.begin(); it != m_profile.headers.end(); ++it)
            request.headers.append(net::Header{it.key().toLatin1(), it.value().toUtf8()});
        if (m_profile.login)
            request.headers.append(net::Header{m_profile.login->header.toLatin1(), (m_profile.login->prefix + bearer).toUtf8()});
        if (!m_apiKeySecret.isEmpty() && m_secrets) {
            PH_ASSIGN(const QString key, m_secrets(m_apiKeySecret));
            request.headers.append(net::Header{"X-API-Key", key.toUtf8()});
        }
        PH_ASSIGN(net::Response response, transmit(request, token));
        if (response.status == 401 && m_profile.login && attempt == 0) { // the token ran out
            const std::lock_guard guard(m_lock);
            if (m_token == bearer)
                m_token.clear();
            continue;
        }
        if (response.status >= 400)
            return net::statusError(request, response);
        return response;
    }
}

} // namespace pilothouse::serving
