// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts predict inferenceservice/NAME --rows FILE [--protocol kserve-v1|kserve-v2] [--model M] [--ingress URL] [--namespace N] [--connection C]
//   Asks a KServe service through its cluster's ingress, with its own Host header. FILE: {"rows":[[…],…]} or [[…],…], of which the request is made (V2: one FP64 tensor "input-0"), or
//   a whole request of the protocol ({"instances":…}, {"inputs":…}), sent as it is. {"url","host","way","status","seconds","answer":{…}}
#include "app/pilot/rollouts_sub.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/cluster/inference_reach.h"
#include "core/fleet/clusters.h"
#include "core/fleet/services.h"
#include "core/serving/endpoint.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string target, rows, protocol, model, ingress, space, connection;
};

/// The request of a protocol for rows of numbers.
Result<QJsonObject> requestOf(const QJsonArray &rows, bool second) {
    if (!second)
        return QJsonObject{{Q("instances"), rows}};
    const qsizetype width = rows.first().toArray().size();
    QJsonArray data;
    for (const QJsonValue &row : rows) {
        if (row.toArray().size() != width || width == 0)
            return invalid(QStringLiteral("The rows are not of one length."), {}, QStringLiteral("A tensor is a rectangle: give each row the same inputs."));
        for (const QJsonValue &value : row.toArray()) {
            if (!value.isDouble())
                return invalid(QStringLiteral("A row holds what is no number."), {}, QStringLiteral("Write the whole request with its own tensors: {\"inputs\":[…]}."));
            data.append(value);
        }
    }
    return QJsonObject{{Q("id"), randomHex(8)}, {Q("inputs"), QJsonArray{QJsonObject{{Q("name"), Q("input-0")}, {Q("shape"), QJsonArray{rows.size(), width}}, {Q("datatype"), Q("FP64")}, {Q("data"), data}}}}};
}

/// What is sent, and whether it is of the second protocol.
Result<std::pair<QJsonObject, bool>> bodyOf(const Options &o) {
    const QString file = QString::fromStdString(o.rows);
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    QJsonParseError wrong;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &wrong);
    if (wrong.error != QJsonParseError::NoError)
        return invalid(QStringLiteral("The file is no JSON: %1.").arg(wrong.errorString()), file);
    const QJsonObject object = document.object();
    const bool whole = object.contains(Q("instances")) || object.contains(Q("inputs"));
    const bool second = o.protocol.empty() ? object.contains(Q("inputs")) : o.protocol == "kserve-v2";
    if (whole) {
        if (second != object.contains(Q("inputs")))
            return invalid(QStringLiteral("The file holds a request of the other protocol."), file, QStringLiteral("{\"instances\":…} is kserve-v1, {\"inputs\":…} kserve-v2."));
        return std::pair(object, second);
    }
    const QJsonArray rows = document.isArray() ? document.array() : object.value(Q("rows")).toArray();
    if (rows.isEmpty() || !rows.first().isArray())
        return invalid(QStringLiteral("The file holds no rows."), file, QStringLiteral("Write [[5.1,3.5,1.4,0.2],…], {\"rows\":[…]}, or a whole request of KServe."));
    PH_ASSIGN(const QJsonObject body, requestOf(rows, second));
    return std::pair(body, second);
}

Result<void> predict(Context &context, const Options &o) {
    const QString target = QString::fromStdString(o.target);
    PH_ASSIGN(auto address, cluster::parseInferenceAddress(target));
    if (!address)
        return invalid(QStringLiteral("“%1” is no InferenceService.").arg(target), {}, QStringLiteral("Write inferenceservice/NAME; a model of the workspace is asked by `pilot score MODEL --endpoint`."));
    PH_ASSIGN(const auto content, bodyOf(o));
    const auto &[body, second] = content;
    PH_ASSIGN(const auto services, context.services());
    const QStringList names = services->clusters->names();
    const QString connection = o.connection.empty() && names.size() == 1 ? names.first() : QString::fromStdString(o.connection);
    PH_ASSIGN(const auto api, services->clusters->of(connection));
    if (!o.space.empty())
        address->space = QString::fromStdString(o.space);
    if (address->space.isEmpty())
        address->space = api->space();
    const QString ingress = o.ingress.empty() ? services->workspace.connections.value(connection).other.value(QStringLiteral("ingress")) : QString::fromStdString(o.ingress);
    PH_ASSIGN(const serving::RequestProfile profile, serving::profileOf(second ? QStringLiteral("kserve-v2") : QStringLiteral("kserve-v1"), o.model.empty() ? address->name : QString::fromStdString(o.model), target));
    address->path.clear(); // a route that was written is the profile's
    cluster::Reached found;
    cluster::ServiceReach reach([api]() -> Result<std::shared_ptr<const cluster::KubeApi>> { return std::shared_ptr<const cluster::KubeApi>(api); }, address->placeholder(), {},
                                [&](const std::shared_ptr<const cluster::KubeApi> &at, std::stop_token token) -> Result<cluster::Reached> {
                                    PH_ASSIGN(found, cluster::reachInference(at, *address, ingress, token));
                                    return found;
                                });
    net::Request request;
    request.method = "POST";
    request.url = address->placeholder() + profile.path;
    request.body = compactJson(body);
    request.idempotent = true; // a prediction changes nothing
    PH_TRY(reach.prepare(request, context.stop()));
    context.note(found.said);
    PH_ASSIGN(const net::Response response, services->http->send(request, context.stop()));
    if (response.status >= 400)
        return net::statusError(request, response);
    PH_ASSIGN(const QJsonObject answer, parseJsonObject(response.body, request.url));
    context.answer({{Q("url"), request.url}, {Q("host"), found.host}, {Q("way"), cluster::reachWayName(found.way)}, {Q("status"), response.status}, {Q("seconds"), response.seconds}, {Q("answer"), answer}},
                   QString::fromUtf8(prettyJson(answer)).trimmed());
    return {};
}

const RolloutsSub predictSub("predict", "Ask a KServe service through its cluster's ingress, with its Host header", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "inferenceservice/NAME, or inferenceservice/NAME.NAMESPACE")->required();
    app.add_option("--rows", o->rows, "JSON file: rows of numbers, or a whole request of the protocol")->required();
    app.add_option("--protocol", o->protocol, "kserve-v1 (POST /v1/models/M:predict) or kserve-v2 (POST /v2/models/M/infer); else by the file")->check(CLI::IsMember({"kserve-v1", "kserve-v2"}));
    app.add_option("--model", o->model, "Name of the model in the route; that of the service");
    app.add_option("--ingress", o->ingress, "The gateway: http://HOST:PORT, or service/NAME.NAMESPACE:PORT");
    app.add_option("--namespace,-n", o->space, "Namespace");
    app.add_option("--connection", o->connection, "Connection to the cluster, if there are several");
    app.callback([&body, o] { body = [o](Context &context) { return predict(context, *o); }; });
});

} // namespace
} // namespace pilothouse
