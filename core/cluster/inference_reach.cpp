// SPDX-License-Identifier: GPL-3.0-or-later
// KServe, "Run your first InferenceService": the ingress gateway is asked, with the host of status.url. Gateways: istio-ingressgateway in istio-system, kourier in kourier-system;
// both call their plain port http2.
#include "core/cluster/inference_reach.h"

#include "core/cluster/kserve.h"

#include <QRegularExpression>
#include <QUrl>

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

struct Gateway {
    QString name, space;
};
const std::vector<Gateway> &gateways() {
    static const std::vector<Gateway> known{{QStringLiteral("istio-ingressgateway"), QStringLiteral("istio-system")}, {QStringLiteral("kourier"), QStringLiteral("kourier-system")}};
    return known;
}

/// The gateway that was named.
Result<Reached> named(const std::shared_ptr<const KubeApi> &api, const QString &ingress, std::stop_token token) {
    PH_ASSIGN(const auto service, parseServiceAddress(ingress));
    if (service)
        return reachService(api, *service, ReachWay::Auto, token);
    const QUrl url(ingress, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != Q("http") && url.scheme() != Q("https")))
        return invalid(QStringLiteral("“%1” is no address of an ingress.").arg(ingress), {}, QStringLiteral("Write http://HOST:PORT, or service/NAME.NAMESPACE:PORT of the gateway."));
    Reached out;
    out.way = ReachWay::Ingress;
    out.url = ingress;
    while (out.url.endsWith(QLatin1Char('/')))
        out.url.chop(1);
    out.said = QStringLiteral("The ingress %1 is asked.").arg(out.url);
    return out;
}

} // namespace

QString InferenceAddress::placeholder() const { return QStringLiteral("http://%1%2.inference%3").arg(name, space.isEmpty() ? QString() : QLatin1Char('.') + space, path); }

Result<std::optional<InferenceAddress>> parseInferenceAddress(const QString &text) {
    static const QRegularExpression form(QStringLiteral("^(?:inferenceservice|isvc)/([a-z0-9][a-z0-9-]*)(?:\\.([a-z0-9][a-z0-9-]*))?(/[^?#]*)?$"));
    if (!text.startsWith(Q("inferenceservice/")) && !text.startsWith(Q("isvc/")))
        return std::optional<InferenceAddress>();
    const auto m = form.match(text);
    if (!m.hasMatch())
        return invalid(QStringLiteral("“%1” is no address of an InferenceService.").arg(text), {}, QStringLiteral("Write inferenceservice/NAME or inferenceservice/NAME.NAMESPACE."));
    QString path = m.captured(3);
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    return std::optional<InferenceAddress>(InferenceAddress{m.captured(1), m.captured(2), path});
}

Result<Reached> reachInference(const std::shared_ptr<const KubeApi> &api, const InferenceAddress &address, const QString &ingress, std::stop_token token) {
    const KubeRef ref{kinds::InferenceService, address.space.isEmpty() ? api->space() : address.space, address.name};
    PH_ASSIGN(const QJsonObject object, api->read(ref, token));
    const KserveStatus status = kserveStatus(object);
    const QString host = QUrl(status.url).host();
    if (host.isEmpty())
        return notFound(QStringLiteral("%1 has no address yet.").arg(ref.text()), {}, status.sentence);
    const auto withHost = [&](Reached found) {
        found.host = host;
        found.said += QStringLiteral(" Its Host header is %1.").arg(host);
        return found;
    };
    if (!ingress.isEmpty()) {
        PH_ASSIGN(const Reached found, named(api, ingress, token));
        return withHost(found);
    }
    QStringList why;
    for (const Gateway &gateway : gateways()) {
        const auto found = reachService(api, {gateway.name, gateway.space, QStringLiteral("http2"), {}, false}, ReachWay::Auto, token);
        if (found && found->way != ReachWay::Proxy) // behind the API server's proxy the Host header is the API server's
            return withHost(*found);
        if (token.stop_requested())
            return cancelled();
        why << (found ? QStringLiteral("service/%1 in %2 is behind the API server only.").arg(gateway.name, gateway.space) : found.error().what);
    }
    if (!status.knative()) { // the pods are asked themselves
        auto found = reachService(api, {address.name + QStringLiteral("-predictor"), ref.space, {}, {}, false}, ReachWay::Auto, token);
        if (found)
            return found;
        why << found.error().what;
    }
    return Error{ErrorKind::NotFound, QStringLiteral("No ingress gateway leads to %1.").arg(ref.text()), ref.text(), QStringLiteral("Name it at the connection, `ingress: http://HOST:PORT`, or with --ingress."), why.join(QLatin1Char('\n'))};
}

} // namespace pilothouse::cluster
