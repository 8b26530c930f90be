// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_api.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

namespace pilothouse::pipelines {

KubeflowApi::KubeflowApi(PipelineConnection connection) : m_at(std::move(connection)) {}

QString KubeflowApi::base() const {
    QString url = m_at.connection.url;
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    return url;
}

QString KubeflowApi::page(const QString &fragment) const { return base() + QStringLiteral("/#") + fragment; }

QString KubeflowApi::equals(bool old, const QString &key, const QString &value) {
    // v1beta1 has another word for the operation and a number for it beside (api.Predicate.op EQUALS = 1)
    const QJsonObject predicate = old ? QJsonObject{{QStringLiteral("op"), 1}, {QStringLiteral("key"), key}, {QStringLiteral("string_value"), value}}
                                      : QJsonObject{{QStringLiteral("operation"), QStringLiteral("EQUALS")}, {QStringLiteral("key"), key}, {QStringLiteral("string_value"), value}};
    return QString::fromUtf8(canonicalJson({{QStringLiteral("predicates"), QJsonArray{predicate}}}));
}

Result<QUrlQuery> KubeflowApi::ofSpace() const {
    QUrlQuery query;
    PH_ASSIGN(const bool before, old());
    if (!space().isEmpty() && before) {
        query.addQueryItem(QStringLiteral("resource_reference_key.type"), QStringLiteral("NAMESPACE"));
        query.addQueryItem(QStringLiteral("resource_reference_key.id"), space());
    } else if (!space().isEmpty()) {
        query.addQueryItem(QStringLiteral("namespace"), space());
    }
    return query;
}

Result<net::Response> KubeflowApi::answered(net::Request &request, std::stop_token token) const {
    const QList<net::Header> plain = request.headers;
    request.caFile = m_at.connection.other.value(QStringLiteral("ca_file"));
    for (int attempt = 0;; ++attempt) {
        request.headers = plain;
        if (const QString who = m_at.connection.other.value(QStringLiteral("identity")); !who.isEmpty()) {
            const qsizetype colon = who.indexOf(QLatin1Char(':')); // "header: value", where a distribution has another one
            request.headers << net::Header{colon > 0 ? who.left(colon).trimmed().toUtf8() : QByteArray("kubeflow-userid"), who.mid(colon + 1).trimmed().toUtf8()};
        }
        bool login = false;
        if (m_at.authorization) {
            PH_ASSIGN(const QByteArray value, m_at.authorization());
            login = !value.isEmpty();
            if (login)
                request.headers << net::Header{"Authorization", value};
        }
        auto response = m_at.http->send(request, token);
        // Refused before anything was done: once more, with a new token.
        if (response && response->status == 401 && login && attempt == 0 && m_at.forget) {
            m_at.forget();
            continue;
        }
        return response;
    }
}

Result<QJsonObject> KubeflowApi::send(net::Request request, std::stop_token token) const {
    PH_ASSIGN(const net::Response response, answered(request, token));
    m_rest.learn(response, m_at.clock->nowUtc());
    const QByteArray start = response.body.left(256).trimmed();
    const QString where = net::requestPlace(request);
    if (response.status >= 300 && response.status < 400)
        return Error{ErrorKind::Denied, QStringLiteral("Kubeflow wants a login first (it redirects to %1).").arg(QUrl(QString::fromLatin1(response.header("Location"))).path()), where,
                     QStringLiteral("Name a secret with a token for the connection: the page's own login is not for programs."), {}};
    if (response.status >= 400)
        return kubeflowError(request, response);
    if (start.startsWith('<'))
        return invalid(QStringLiteral("What answers is no Kubeflow Pipelines API: it sent a page."), where, QStringLiteral("Check the url of the connection, and its login: a proxy may show its login page."));
    if (start.isEmpty() && request.method != "GET")
        return QJsonObject();
    QJsonParseError wrong;
    const QJsonDocument document = QJsonDocument::fromJson(response.body, &wrong);
    if (!document.isObject())
        return invalid(QStringLiteral("Kubeflow Pipelines sent something that cannot be read: %1.").arg(wrong.errorString()), where);
    return document.object();
}

Result<bool> KubeflowApi::old() const {
    const std::lock_guard lock(m_mutex);
    if (m_old)
        return *m_old;
    net::Request request;
    request.url = base() + QStringLiteral("/apis/v2beta1/healthz");
    const auto seen = send(request);
    if (seen) {
        m_old = false;
    } else if (seen.error().kind == ErrorKind::NotFound) {
        request.url = base() + QStringLiteral("/apis/v1beta1/healthz");
        const auto before = send(request);
        if (!before)
            return before.error().kind == ErrorKind::NotFound ? notFound(QStringLiteral("There is no Kubeflow Pipelines API."), base(), QStringLiteral("Check the url of the connection: it is that of the page ml-pipeline-ui, or of ml-pipeline."))
                                                              : before.error();
        m_old = true;
    } else {
        return seen.error();
    }
    return *m_old;
}

Result<QString> KubeflowApi::address(const QString &path, const QUrlQuery &query) const {
    PH_ASSIGN(const bool before, old());
    QString url = base() + (before ? QStringLiteral("/apis/v1beta1/") : QStringLiteral("/apis/v2beta1/")) + path;
    QStringList parts; // QUrlQuery leaves "+" and ";" as they are
    for (const auto &[key, value] : query.queryItems(QUrl::FullyDecoded))
        parts << QString::fromLatin1(QUrl::toPercentEncoding(key) + '=' + QUrl::toPercentEncoding(value));
    return parts.isEmpty() ? url : url + QLatin1Char('?') + parts.join(QLatin1Char('&'));
}

Result<QJsonObject> KubeflowApi::get(const QString &path, const QUrlQuery &query, std::stop_token token) const {
    net::Request request;
    PH_ASSIGN(request.url, address(path, query));
    return send(std::move(request), token);
}

Result<QJsonObject> KubeflowApi::post(const QString &path, const QJsonObject &body, const QUrlQuery &query) const {
    net::Request request;
    request.method = "POST";
    PH_ASSIGN(request.url, address(path, query));
    request.body = canonicalJson(body);
    request.idempotent = false;
    return send(std::move(request));
}

Result<QJsonObject> KubeflowApi::remove(const QString &path) const {
    net::Request request;
    request.method = "DELETE";
    PH_ASSIGN(request.url, address(path, {}));
    request.idempotent = false; // what went is gone: a second call would say NotFound
    return send(std::move(request));
}

Result<QJsonObject> KubeflowApi::upload(const QString &path, const QUrlQuery &query, const QString &name, const QByteArray &bytes) const {
    net::Request request;
    request.method = "POST";
    PH_ASSIGN(request.url, address(path, query));
    const QByteArray border = "pilothouse-" + randomHex(16).toLatin1();
    QString plain = name;
    plain.replace(QLatin1Char('"'), QLatin1Char('_')).replace(QLatin1Char('\n'), QLatin1Char('_')).replace(QLatin1Char('\r'), QLatin1Char('_'));
    request.headers << net::Header{"Content-Type", "multipart/form-data; boundary=" + border};
    request.body = "--" + border + "\r\nContent-Disposition: form-data; name=\"uploadfile\"; filename=\"" + plain.toUtf8() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + bytes + "\r\n--" + border + "--\r\n";
    request.idempotent = false;
    return send(std::move(request));
}

Result<std::vector<QJsonObject>> KubeflowApi::list(const QString &path, const char *key, QUrlQuery query, int limit, const std::function<bool(const QJsonObject &)> &keep) const {
    std::vector<QJsonObject> all;
    query.addQueryItem(QStringLiteral("page_size"), QString::number(std::min(std::max(limit, 1), 100)));
    QString token;
    for (int pages = 0; pages < 50; ++pages) {
        QUrlQuery asked = query;
        if (!token.isEmpty())
            asked.addQueryItem(QStringLiteral("page_token"), token);
        PH_ASSIGN(const QJsonObject reply, get(path, asked));
        const std::size_t before = all.size();
        for (const QJsonValue &item : kubeflowList(reply, key)) {
            if (keep && !keep(item.toObject()))
                continue;
            all.push_back(item.toObject());
            if (int(all.size()) >= limit)
                return all;
        }
        const QString next = kubeflowText(reply, "next_page_token");
        if (next.isEmpty() || next == token || (keep && limit > 1 && pages > 0 && all.size() == before)) // a list is newest first: what is behind a page of which nothing is wanted is older still
            break;
        token = next;
    }
    return all;
}

} // namespace pilothouse::pipelines
