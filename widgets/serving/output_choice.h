// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

#include <QWidget>

namespace pilothouse::ui {

class Choice;

/// Which output of a model is meant: of a forecast a target and a step of it, each where there is more than one, and if wanted the class of a
/// classification. Hidden where there is nothing to choose.
class OutputChoice : public QWidget {
    Q_OBJECT
public:
    /// @param classes  offers the classes of a classification, after "as predicted"
    explicit OutputChoice(bool classes, QWidget *parent = nullptr);
    void setSignature(const artifact::Signature &signature); ///< keeps the choice where it is still there
    bool isNeeded() const { return m_needed; } ///< there is more than one
    std::size_t output() const; ///< an index of Signature::outputs; 0 of a classification
    QString name() const;       ///< of the output or class; empty: the only one, or the class as predicted

Q_SIGNALS:
    void changed();

private:
    artifact::Signature m_signature;
    bool m_classes, m_needed = false;
    Choice *m_target, *m_step; ///< m_target: the classes, too
};

} // namespace pilothouse::ui
