// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/services.h"
#include "core/operations/operation.h"
#include "core/serving/endpoint.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

/// Where a model is served now and the key it wants: the endpoint that the workspace names, else the server on this machine.
/// NotFound if nothing serves it.
struct ServedAt {
    QString url, apiKey;
};
Result<ServedAt> servedAt(const Services &services, const QString &model);

/// An endpoint and how it wants to be asked. Copies share the client, and so the token of its login.
struct ModelEndpoint {
    QString url; ///< base address
    serving::RequestProfile profile;
    bool needsKey = false;
    std::shared_ptr<serving::Endpoint> client;
};
/// The endpoint of a model: its profile file, else the profile of its protocol. A URL that ends with the profile's path is
/// taken as its base ("http://host/predict" of protocol rest is http://host); one that ends with a KServe route names the model there. Reads secrets by name when it is asked.
/// Errors: NotFound (no such model, nothing serves it), Invalid (the profile file).
Result<ModelEndpoint> endpointOf(const Services &services, const QString &model);
/// The request as a command for a terminal. Keys and tokens are named ($API_KEY, $TOKEN), never shown.
QString curlCommand(const ModelEndpoint &endpoint, const QStringList &columns, const QJsonObject &row);

/// How a person wants an endpoint to be asked.
struct EndpointChoice {
    QString url, protocol, secret;                  ///< protocol: rest, kserve-v1, kserve-v2; secret: name of the API key, or empty
    std::optional<serving::RequestProfile> profile; ///< instead of the protocol's own
};
/// A client for a choice that is not in the workspace yet, to try it.
Result<ModelEndpoint> endpointOf(const Services &services, const QString &model, const EndpointChoice &choice);
/// Reads URL/openapi.json and proposes a profile. Errors: as HTTP tells them; NotFound if no route looks like a prediction.
Result<serving::RequestProfile> proposedProfile(net::HttpClient &http, const QString &url, std::stop_token token = {});
/// The operation that makes this the endpoint of the model: writes endpoints/MODEL.json beside the workspace file where there is a
/// profile, then `endpoint:` in the workspace file, comments and order kept. The undo puts both back.
/// Errors: NotFound (no such model), Invalid (the workspace would not be one).
Result<operations::Operation> setEndpoint(const QString &workspaceFile, const QString &model, const EndpointChoice &choice);

} // namespace pilothouse::fleet
