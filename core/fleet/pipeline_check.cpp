// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/fleet/pipeline_systems.h"

#include <QCoreApplication>
#include <QUrl>

#include <chrono>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PipelineSystems)
};

struct Asking {
    const pipelines::PipelineConnection &parts;
    std::stop_token token;
};

Result<net::Response> ask(const Asking &asking, const QString &url) {
    net::Request request;
    request.url = url;
    request.caFile = asking.parts.connection.other.value(QStringLiteral("ca_file"));
    request.timeoutMs = 15000;
    if (asking.parts.authorization) {
        PH_ASSIGN(const QByteArray value, asking.parts.authorization());
        if (!value.isEmpty())
            request.headers << net::Header{"Authorization", value};
    }
    if (asking.parts.connection.kind == Q("github"))
        request.headers << net::Header{"Accept", "application/vnd.github+json"};
    PH_ASSIGN(net::Response reply, asking.parts.http->send(request, asking.token));
    if (reply.status >= 400)
        return net::statusError(request, reply);
    if (reply.header("Content-Type").startsWith("text/html"))
        return Error{ErrorKind::Denied, Text::tr("A page came instead of an answer: this address wants a login in a browser."), net::requestPlace(request),
                     Text::tr("Give the connection a user and an API token, and the address behind the login page."), {}};
    return reply;
}

QString trimmedUrl(QString url) {
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    return url;
}

Result<QStringList> lookAtJenkins(const Asking &asking) {
    const QString base = trimmedUrl(asking.parts.connection.url);
    PH_ASSIGN(const net::Response reply, ask(asking, base + QStringLiteral("/api/json?tree=mode")));
    QStringList found;
    if (const QByteArray version = reply.header("X-Jenkins"); !version.isEmpty())
        found << Text::tr("Jenkins %1").arg(QString::fromLatin1(version));
    else
        return invalid(Text::tr("This is no Jenkins: the header X-Jenkins is missing."), base, Text::tr("Check the address; behind a proxy it may need its path, as in https://host/jenkins."));
    if (const auto who = ask(asking, base + QStringLiteral("/whoAmI/api/json")); who) {
        const QJsonObject object = QJsonDocument::fromJson(who->body).object();
        if (object.value(Q("anonymous")).toBool())
            found << Text::tr("not logged in: nobody's name is sent");
        else if (const QString name = object.value(Q("name")).toString(); !name.isEmpty())
            found << Text::tr("logged in as %1").arg(name);
    }
    return found;
}

Result<QStringList> lookAtGitHub(const Asking &asking) {
    const auto &c = asking.parts.connection;
    QString base = trimmedUrl(c.url);
    const QString host = QUrl(base).host();
    if (base.isEmpty() || host == Q("github.com") || host == Q("www.github.com"))
        base = QStringLiteral("https://api.github.com");
    else if (QUrl(base).path().isEmpty() && host != Q("api.github.com") && host != Q("127.0.0.1") && host != Q("localhost"))
        base += QStringLiteral("/api/v3");
    QStringList found;
    const auto user = ask(asking, base + QStringLiteral("/user"));
    if (!user && user.error().kind != ErrorKind::Denied && user.error().kind != ErrorKind::NotFound)
        return user.error();
    if (user) {
        if (const QByteArray version = user->header("X-GitHub-Enterprise-Version"); !version.isEmpty())
            found << Text::tr("GitHub Enterprise %1").arg(QString::fromLatin1(version));
        found << Text::tr("logged in as %1").arg(QJsonDocument::fromJson(user->body).object().value(Q("login")).toString());
        if (const QByteArray scopes = user->header("X-OAuth-Scopes"); !scopes.isEmpty())
            found << Text::tr("scopes: %1").arg(QString::fromLatin1(scopes));
    }
    const QString owner = c.other.value(QStringLiteral("owner")), repository = c.other.value(QStringLiteral("repo"));
    if (owner.isEmpty() || repository.isEmpty()) {
        if (!user)
            return user.error();
        return found;
    }
    PH_ASSIGN(const net::Response reply, ask(asking, QStringLiteral("%1/repos/%2/%3").arg(base, QString::fromLatin1(QUrl::toPercentEncoding(owner)), QString::fromLatin1(QUrl::toPercentEncoding(repository)))));
    const QJsonObject rights = QJsonDocument::fromJson(reply.body).object().value(Q("permissions")).toObject();
    found << (rights.value(Q("push")).toBool() ? Text::tr("may write to %1/%2").arg(owner, repository) : Text::tr("may only read %1/%2").arg(owner, repository));
    return found;
}

Result<QStringList> lookAtKubeflow(const Asking &asking) {
    const QString base = trimmedUrl(asking.parts.connection.url);
    auto reply = ask(asking, base + QStringLiteral("/apis/v2beta1/healthz"));
    QString api = QStringLiteral("v2beta1");
    if (!reply && reply.error().kind == ErrorKind::NotFound) {
        reply = ask(asking, base + QStringLiteral("/apis/v1beta1/healthz"));
        api = QStringLiteral("v1beta1");
    }
    if (!reply)
        return reply.error();
    const QJsonObject object = QJsonDocument::fromJson(reply->body).object();
    QStringList found;
    const QString tag = object.value(Q("tag_name")).toString(object.value(Q("tagName")).toString());
    found << (tag.isEmpty() ? Text::tr("Kubeflow Pipelines (%1)").arg(api) : Text::tr("Kubeflow Pipelines %1 (%2)").arg(tag, api));
    if (object.value(Q("multi_user")).toBool(object.value(Q("multiUser")).toBool()))
        found << Text::tr("for several users: namespace %1").arg(asking.parts.connection.other.value(QStringLiteral("namespace"), QStringLiteral("–")));
    return found;
}

template<class T> std::shared_ptr<T> borrowed(T &thing) {
    return std::shared_ptr<T>(&thing, [](T *) {});
}

} // namespace

Result<ConnectionCheck> testPipelines(ConnectionCheck check, const workspace::Workspace &workspace, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token) {
    const workspace::Connection connection = workspace.connections.value(check.name);
    PH_ASSIGN(pipelines::PipelineConnection parts, pipelineConnection(workspace, connection, borrowed(http), borrowed(secrets), nullptr, std::make_shared<SystemClock>(), {}));
    PH_ASSIGN(const auto service, pipelines::openPipelines(parts)); // refuses an address over which the login would travel in the open, before anything is sent
    const auto begin = std::chrono::steady_clock::now();
    QStringList found;
    const Asking asking{parts, token};
    if (connection.kind == Q("jenkins")) {
        PH_ASSIGN(found, lookAtJenkins(asking));
    } else if (connection.kind == Q("github")) {
        PH_ASSIGN(found, lookAtGitHub(asking));
    } else if (connection.kind == Q("kubeflow")) {
        PH_ASSIGN(found, lookAtKubeflow(asking));
    }
    PH_ASSIGN(const auto all, service->pipelines());
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    found << Text::tr("%n pipeline(s)", nullptr, int(all.size()));
    check.finding = Text::tr("It answers: %1.").arg(found.join(QStringLiteral("; ")));
    check.usedHere = true;
    return check;
}

} // namespace pilothouse::fleet
