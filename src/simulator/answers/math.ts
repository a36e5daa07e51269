import { asking } from './topic';
import type { Topic } from './topic';

const TEXT = String.raw`## Formulas

Written in advance, as everything that the **local simulator** says. Inside of a line: the mean is $\bar{x} = \frac{1}{n}\sum_{i=1}^{n} x_i$, and \(e^{i\pi} + 1 = 0\). Money stays money: it costs $5, or $10 for two.

On its own, the waiting time of a queue (Pollaczek and Khinchine):

$$
W = \frac{\lambda \, \mathbb{E}[S^2]}{2\,(1 - \rho)} \qquad \rho = \lambda \, \mathbb{E}[S]
$$

A system of equations, and something wide:

\[
\begin{aligned}
\nabla \cdot \mathbf{E} &= \frac{\rho}{\varepsilon_0} \\
\nabla \times \mathbf{B} &= \mu_0 \mathbf{J} + \mu_0 \varepsilon_0 \frac{\partial \mathbf{E}}{\partial t}
\end{aligned}
\]

$$
f(x) = a_0 + a_1 x + a_2 x^2 + a_3 x^3 + a_4 x^4 + a_5 x^5 + a_6 x^6 + a_7 x^7 + a_8 x^8 + a_9 x^9 + a_{10} x^{10}
$$

- In a list: $O(n \log n)$
- One that is no formula: $\frac{1}{$

| Growth | For $n = 10^6$ |
| :-- | --: |
| $\log_2 n$ | 20 |
| $n^2$ | $10^{12}$ |
`;

export const mathTopic: Topic = {
  ask: 'math',
  shows: 'formulas, in lines and on their own',
  showsInChinese: '行内公式和独立公式',
  pattern: asking('maths?|formulas?|equations?|latex|公式'),
  answer: () => ({ text: TEXT }),
};
