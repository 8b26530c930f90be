// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/endpoint.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/cluster/inference_reach.h"
#include "core/fleet/clusters.h"
#include "core/serving/server_folder.h"
#include "core/workspace/edit.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QUrl>

namespace pilothouse::fleet {

using operations::Step;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Endpoint)
};

const QString keyName = QStringLiteral("key of the server on this machine"); // no name that a keychain could hold

Result<serving::RequestProfile> readProfile(const QString &file) {
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    return serving::RequestProfile::fromJson(object, file);
}

/// Which cluster a model's endpoint is in: the connection that the model names for its endpoint, else its deployment's, else the only one (empty).
struct EndpointPlace {
    QString connection, space, reach;
};
EndpointPlace placeOf(const Services &services, const QString &model) {
    EndpointPlace place;
    if (const workspace::Model *m = services.workspace.model(model)) {
        const bool deployedThere = services.workspace.connections.value(m->deployment.connection).kind == QLatin1String("kubernetes");
        place.connection = !m->endpoint.connection.isEmpty() ? m->endpoint.connection : deployedThere ? m->deployment.connection : QString();
        place.space = deployedThere ? m->deployment.space : QString();
        place.reach = m->endpoint.reach;
    }
    return place;
}

serving::Endpoint::Way wayBy(std::shared_ptr<cluster::ServiceReach> found) {
    return {[found](net::Request &request, std::stop_token token) { return found->prepare(request, token); }, [found] { found->failed(); }};
}

std::function<Result<std::shared_ptr<const cluster::KubeApi>>()> apiOf(const Services &services, const QString &connection) {
    return [clusters = services.clusters, connection]() -> Result<std::shared_ptr<const cluster::KubeApi>> {
        PH_ASSIGN(const auto api, clusters->of(connection));
        return std::shared_ptr<const cluster::KubeApi>(api);
    };
}

serving::Endpoint::Way wayTo(const Services &services, const QString &model, cluster::ServiceAddress &address) {
    const EndpointPlace place = placeOf(services, model);
    if (address.space.isEmpty())
        address.space = place.space;
    const auto way = cluster::reachWayNamed(place.reach);
    return wayBy(std::make_shared<cluster::ServiceReach>(apiOf(services, place.connection), address, way ? *way : cluster::ReachWay::Auto));
}

/// To an InferenceService through its cluster's ingress, with its Host header.
serving::Endpoint::Way wayTo(const Services &services, const QString &model, cluster::InferenceAddress &address) {
    const EndpointPlace place = placeOf(services, model);
    if (address.space.isEmpty())
        address.space = place.space;
    const QStringList clusters = services.clusters->names();
    const QString ingress = services.workspace.connections.value(place.connection.isEmpty() && clusters.size() == 1 ? clusters.first() : place.connection).other.value(QStringLiteral("ingress"));
    return wayBy(std::make_shared<cluster::ServiceReach>(apiOf(services, place.connection), address.placeholder(), address.path,
                                                         [address, ingress](const std::shared_ptr<const cluster::KubeApi> &api, std::stop_token token) { return cluster::reachInference(api, address, ingress, token); }));
}

/// Where nothing says it.
QString usualProtocol(const QString &url) {
    const auto inference = cluster::parseInferenceAddress(url);
    return inference && *inference ? QStringLiteral("kserve-v1") : QStringLiteral("rest");
}

ModelEndpoint make(const Services &services, const QString &model, QString url, serving::RequestProfile profile, const QString &secret, const QString &key) {
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    if (url.endsWith(profile.path))
        url.chop(profile.path.size());
    auto secrets = [store = services.secrets, key](const QString &name) -> Result<QString> { return name == keyName ? Result<QString>(key) : store->read(name); };
    const QString named = !secret.isEmpty() ? secret : key.isEmpty() ? QString() : keyName;
    auto address = cluster::parseServiceAddress(url);
    const bool inCluster = address && *address;
    auto inference = cluster::parseInferenceAddress(url);
    serving::Endpoint::Way way;
    QString base = url;
    if (inCluster) {
        way = wayTo(services, model, **address);
        base = (*address)->placeholder();
    } else if (inference && *inference) {
        way = wayTo(services, model, **inference);
        base = (*inference)->placeholder();
    }
    auto client = std::make_shared<serving::Endpoint>(services.http, base, profile, std::move(secrets), named);
    client->setWay(std::move(way));
    return {url, std::move(profile), !named.isEmpty(), std::move(client)};
}

QString quoted(QString text) { return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\''); }

/// One step on a file: guarded by what it held when the plan was made.
Step fileStep(const QString &file, const std::optional<QByteArray> &before, const QString &effect, std::function<Result<void>()> write, std::function<Result<QJsonObject>()> readBack) {
    operations::Step step;
    step.call.verb = QStringLiteral("EDIT");
    step.call.object = file;
    step.call.effect = effect;
    step.call.undo = Text::tr("put it back");
    step.guard = [file, before]() -> Result<void> {
        std::optional<QByteArray> now;
        if (QFileInfo::exists(file)) {
            PH_ASSIGN(now, readFile(file));
        }
        if (now != before)
            return Error{ErrorKind::Conflict, Text::tr("The file was changed meanwhile."), file, Text::tr("Look at it and try again."), {}};
        return {};
    };
    step.execute = std::move(write);
    step.readBack = std::move(readBack);
    step.undo = [file, before]() -> Result<void> {
        if (before)
            return writeFileAtomically(file, *before);
        return QFile::remove(file) ? Result<void>() : Error{ErrorKind::Internal, Text::tr("The file cannot be removed."), file, {}, {}};
    };
    return step;
}

} // namespace

Result<ServedAt> servedAt(const Services &services, const QString &name) {
    const workspace::Model *model = services.workspace.model(name);
    if (!model)
        return notFound(Text::tr("The workspace has no model “%1”.").arg(name), services.workspace.file);
    ServedAt at;
    if (!model->endpoint.url.isEmpty()) {
        at.url = model->endpoint.url;
        if (!model->endpoint.secret.isEmpty()) {
            PH_ASSIGN(at.apiKey, services.secrets->read(model->endpoint.secret));
        }
        return at;
    }
    if (model->deployment.target.isEmpty())
        return notFound(Text::tr("Nothing serves %1: the workspace names neither a deployment nor an endpoint of it.").arg(name), services.workspace.file,
                        Text::tr("Name the endpoint: `pilot connect endpoint %1 URL`.").arg(name));
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, model->deployment.target));
    PH_ASSIGN(const auto running, serving::runningServer(folder));
    if (!running)
        return notFound(Text::tr("Nothing serves %1 now.").arg(name), {}, Text::tr("Promote a version, or start it: `pilot rollouts start %1`.").arg(name));
    at.url = running->file.url;
    at.apiKey = running->apiKey;
    return at;
}

Result<ModelEndpoint> endpointOf(const Services &services, const QString &name) {
    const workspace::Model *model = services.workspace.model(name);
    if (!model)
        return notFound(Text::tr("The workspace has no model “%1”.").arg(name), services.workspace.file);
    if (model->endpoint.url.isEmpty()) {
        PH_ASSIGN(const ServedAt at, servedAt(services, name));
        PH_ASSIGN(auto profile, serving::profileOf({}, name));
        return make(services, name, at.url, std::move(profile), {}, at.apiKey);
    }
    EndpointChoice choice{model->endpoint.url, model->endpoint.protocol, model->endpoint.secret, {}};
    if (!model->endpoint.profile.isEmpty()) {
        PH_ASSIGN(choice.profile, readProfile(model->endpoint.profile));
    }
    return endpointOf(services, name, choice);
}

Result<ModelEndpoint> endpointOf(const Services &services, const QString &name, const EndpointChoice &choice) {
    const QUrl url(choice.url, QUrl::StrictMode);
    PH_ASSIGN(const auto service, cluster::parseServiceAddress(choice.url));
    PH_ASSIGN(const auto inference, cluster::parseInferenceAddress(choice.url));
    if (service || inference) {
        // reached when it is asked
    } else if (!url.isValid() || url.host().isEmpty() || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https")))
        return invalid(Text::tr("This is no address: %1").arg(choice.url), {}, Text::tr("For example http://inference.example:8000"));
    if (choice.profile)
        return make(services, name, choice.url, *choice.profile, choice.secret, {});
    // KServe's routes name the service, unless a URL says otherwise.
    PH_ASSIGN(auto profile, serving::profileOf(choice.protocol.isEmpty() ? usualProtocol(choice.url) : choice.protocol, inference ? inference->name : name, choice.url));
    return make(services, name, choice.url, std::move(profile), choice.secret, {});
}

QString curlCommand(const ModelEndpoint &endpoint, const QStringList &columns, const QJsonObject &row) {
    const auto service = cluster::parseServiceAddress(endpoint.url);
    const bool inCluster = service && *service;
    const auto inference = cluster::parseInferenceAddress(endpoint.url);
    const bool byIngress = inference && *inference;
    QStringList words{QStringLiteral("curl -X ") + endpoint.profile.method, byIngress ? QStringLiteral("\"$INGRESS%1%2\" -H \"Host: $HOST\"").arg((*inference)->path, endpoint.profile.path) : quoted((inCluster ? QStringLiteral("http://127.0.0.1:8080") + (*service)->path : endpoint.url) + endpoint.profile.path), QStringLiteral("-H 'Content-Type: application/json'")};
    for (auto it = endpoint.profile.headers.begin(); it != endpoint.profile.headers.end(); ++it)
        words << QStringLiteral("-H ") + quoted(it.key() + QStringLiteral(": ") + it.value());
    if (endpoint.profile.login)
        words << QStringLiteral("-H \"%1: %2$TOKEN\"").arg(endpoint.profile.login->header, endpoint.profile.login->prefix);
    if (endpoint.needsKey)
        words << QStringLiteral("-H \"X-API-Key: $API_KEY\"");
    if (const auto body = endpoint.client->body(columns, {row}))
        words << QStringLiteral("-d ") + quoted(QString::fromUtf8(compactJson(*body)));
    if (byIngress)
        words << QStringLiteral("# pilot rollouts predict %1").arg(endpoint.url);
    if (inCluster) // a shell passes over what stands behind the number sign
        words << QStringLiteral("# pilot rollouts forward %1 --local-port 8080").arg(endpoint.url);
    return words.join(QLatin1Char(' '));
}

Result<serving::RequestProfile> proposedProfile(net::HttpClient &http, const QString &address, std::stop_token token) {
    QUrl url(address, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return invalid(Text::tr("This is no address: %1").arg(address), {}, Text::tr("For example http://inference.example:8000"));
    url.setPath(QStringLiteral("/openapi.json"));
    net::Request request;
    request.url = url.toString(QUrl::RemoveQuery | QUrl::RemoveFragment);
    request.timeoutMs = 15000;
    PH_ASSIGN(const auto response, http.send(request, token));
    if (response.status >= 400)
        return net::statusError(request, response);
    PH_ASSIGN(const QJsonObject document, parseJsonObject(response.body, request.url));
    return serving::proposeProfile(document);
}

Result<operations::Operation> setEndpoint(const QString &file, const QString &name, const EndpointChoice &choice) {
    PH_ASSIGN(const QByteArray before, readFile(file));
    PH_ASSIGN(const auto now, workspace::parseWorkspace(before, file));
    if (!now.model(name))
        return notFound(Text::tr("The workspace has no model “%1”.").arg(name), file);
    QVariantMap entry{{QStringLiteral("url"), choice.url}};
    if (!choice.secret.isEmpty())
        entry.insert(QStringLiteral("secret"), choice.secret);
    operations::Operation operation;
    operation.kind = QStringLiteral("endpoint");
    operation.object = QStringLiteral("model ") + name;
    operation.summary = Text::tr("Ask %1 at %2").arg(name, choice.url);
    operation.needs = workspace::Role::Operator;
    if (choice.profile) {
        const QString relative = QStringLiteral("endpoints/%1.json").arg(name), profile = QFileInfo(file).absoluteDir().filePath(relative);
        entry.insert(QStringLiteral("profile"), relative);
        std::optional<QByteArray> old;
        if (QFileInfo::exists(profile)) {
            PH_ASSIGN(old, readFile(profile));
        }
        operation.steps.push_back(fileStep(
            profile, old, Text::tr("request profile: %1 %2").arg(choice.profile->method, choice.profile->path),
            [profile, bytes = prettyJson(choice.profile->toJson())]() -> Result<void> {
                if (!QDir().mkpath(QFileInfo(profile).absolutePath()))
                    return Error{ErrorKind::Denied, Text::tr("The folder cannot be made."), QFileInfo(profile).absolutePath(), {}, {}};
                return writeFileAtomically(profile, bytes);
            },
            [profile]() -> Result<QJsonObject> {
                PH_ASSIGN(const auto read, readProfile(profile));
                return QJsonObject{{QStringLiteral("path"), read.path}};
            }));
    } else {
        entry.insert(QStringLiteral("protocol"), choice.protocol.isEmpty() ? usualProtocol(choice.url) : choice.protocol);
    }
    const auto edit = [file, path = QStringList{QStringLiteral("models"), name, QStringLiteral("endpoint")}, entry](const QByteArray &text) { return workspace::editValue(text, file, path, entry); };
    PH_ASSIGN(const QByteArray after, edit(before));
    PH_ASSIGN(const auto checked, workspace::parseWorkspace(after, file));
    operation.steps.push_back(fileStep(
        file, before, Text::tr("endpoint of %1: %2").arg(name, checked.model(name)->endpoint.url),
        [file, edit]() -> Result<void> {
            const auto done = workspace::editWorkspaceFile(file, edit);
            return done ? Result<void>() : done.error();
        },
        [file, name, url = choice.url]() -> Result<QJsonObject> {
            PH_ASSIGN(const auto read, workspace::readWorkspace(file));
            if (!read.model(name) || read.model(name)->endpoint.url != url)
                return Error{ErrorKind::Conflict, Text::tr("The workspace file was written by somebody else meanwhile."), file, {}, {}};
            return QJsonObject{{QStringLiteral("url"), url}};
        }));
    operation.steps.back().undo = [file, before, after, name, url = choice.url]() -> Result<void> {
        PH_ASSIGN(const QByteArray bytes, readFile(file));
        if (bytes == after)
            return writeFileAtomically(file, before);
        PH_ASSIGN(const auto read, workspace::parseWorkspace(bytes, file));
        if (!read.model(name) || read.model(name)->endpoint.url != url)
            return {}; // somebody else's edit is there now, and nothing of ours
        return Error{ErrorKind::Conflict, Text::tr("The workspace file was written by somebody else meanwhile."), file, Text::tr("Look at it and try again."), {}};
    };
    return operation;
}

} // namespace pilothouse::fleet
