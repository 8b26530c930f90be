// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include "core/serving/inference_server.h"
#include "core/serving/labels_look.h"
#include "core/workspace/labels_source.h"

namespace pilothouse {

/// Brings the labels of the source that the workspace names for a model into its server's log. Of one thread.
class LabelsTaker {
public:
    LabelsTaker(Context &context, workspace::LabelsSource source, serving::InferenceServer &server, std::shared_ptr<const Clock> clock);
    /// Reads the source, stores what is new in it, and writes down how it went. Says it where labels came, or where it went otherwise than the last time. Blocking.
    void look(std::stop_token stop);

private:
    Result<serving::LabelsLook> take(std::stop_token stop);

    Context &m_context;
    workspace::LabelsSource m_source;
    serving::InferenceServer &m_server;
    std::shared_ptr<const Clock> m_clock;
    QString m_said; ///< the last sentence about a problem or a refusal
};

} // namespace pilothouse
