// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/reach.h"

namespace pilothouse::cluster {

/// "inferenceservice/NAME" or "isvc/NAME", NAME may be NAME.NAMESPACE, with a path behind it.
struct InferenceAddress {
    QString name, space, path; ///< space: empty: that of the connection; path: "/v2/models/iris/infer" or empty
    /// A URL that stands for it: "http://NAME.NAMESPACE.inference/path". It is what the way takes in place of the address it found.
    QString placeholder() const;
};
/// Nothing if the text is no such address. Invalid: it begins like one and is none.
Result<std::optional<InferenceAddress>> parseInferenceAddress(const QString &text);

/// The way to a KServe InferenceService from outside its cluster: by the ingress gateway, with the service's own host in the Host header (KServe's "Host: iris.ml.example.com").
/// `ingress`: where the gateway is, as "http://10.0.0.5:31380" or "service/NAME.NAMESPACE:80"; empty: Istio's or Kourier's gateway, where the cluster has one, else the service of
/// the predictor (Standard mode) by the ways of reachService(). Errors: NotFound (no such service; it has no address yet, with its own reason; no way), as reachService().
Result<Reached> reachInference(const std::shared_ptr<const KubeApi> &api, const InferenceAddress &address, const QString &ingress = {}, std::stop_token token = {});

} // namespace pilothouse::cluster
