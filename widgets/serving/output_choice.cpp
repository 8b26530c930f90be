// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/output_choice.h"

#include "widgets/base/field.h"

#include <QHBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

OutputChoice::OutputChoice(bool classes, QWidget *parent) : QWidget(parent), m_classes(classes), m_target(new Choice), m_step(new Choice) {
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    m_target->setObjectName(QStringLiteral("outputTarget"));
    m_step->setObjectName(QStringLiteral("outputStep"));
    m_step->setAccessibleName(tr("Step of the forecast"));
    for (Choice *choice : {m_target, m_step}) {
        choice->setMinimumContentsLength(7); // its names come later
        row->addWidget(choice, 1);
        connect(choice, &QComboBox::activated, this, &OutputChoice::changed);
    }
    setFocusProxy(m_target);
    setSignature({});
}

void OutputChoice::setSignature(const artifact::Signature &signature) {
    m_signature = signature;
    QStringList targets, steps;
    const bool classes = !signature.classes.empty();
    if (classes && m_classes) {
        targets << tr("as predicted");
        for (const std::string &name : signature.classes)
            targets << QString::fromStdString(name);
    } else if (!classes && signature.horizon() > 0) {
        targets = signature.targets();
        for (std::size_t step = 1; step <= signature.horizon(); ++step)
            steps << tr("step +%1").arg(step);
    }
    m_target->setItems(targets);
    m_step->setItems(steps);
    m_target->setAccessibleName(classes ? tr("Class") : tr("Target of the forecast"));
    m_target->setVisible(targets.size() > 1);
    m_step->setVisible(steps.size() > 1);
    setFocusProxy(targets.size() > 1 ? m_target : m_step);
    m_needed = targets.size() > 1 || steps.size() > 1;
    setVisible(m_needed);
}

std::size_t OutputChoice::output() const {
    if (!m_signature.classes.empty())
        return 0;
    const std::size_t target = std::size_t(std::max(0, m_target->currentIndex())), step = std::size_t(std::max(0, m_step->currentIndex()));
    return target * m_signature.horizon() + step;
}

QString OutputChoice::name() const {
    if (!m_needed)
        return {};
    if (!m_signature.classes.empty())
        return m_target->currentIndex() > 0 ? m_target->currentText() : QString();
    return output() < m_signature.outputs.size() ? m_signature.outputs[output()] : QString();
}

} // namespace pilothouse::ui
