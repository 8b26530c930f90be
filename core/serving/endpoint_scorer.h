// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/serving/endpoint.h"

namespace pilothouse::serving {

/// An endpoint as a scorer: rows go out by name in requests of up to 500 and come back as predictions of the signature. An endpoint may
/// log what it is asked. One number as
/// the probability of two classes is that of the second (of yes). Errors: those of Endpoint::predict; Invalid for an answer that does not fit the signature.
artifact::ScorerPtr endpointScorer(std::shared_ptr<Endpoint> endpoint, artifact::Signature signature, QString where, std::stop_token stop = {});

/// The signature of an endpoint that nobody described: inputs as given, outputs and classes ("0", "1" …) by its answer to one row; an object of
/// numbers or lists is a forecast of several targets.
Result<artifact::Signature> signatureByAnswer(Endpoint &endpoint, std::vector<data::Input> inputs, const data::Rows &rows, const QString &where, std::stop_token stop = {});

} // namespace pilothouse::serving
