// SPDX-License-Identifier: Apache-2.0
// Importing this brings the words of what may wait for somebody.
import './pleas_words';
import './regulation_words';
import './tenure_words';
