// SPDX-License-Identifier: Apache-2.0
export const problems = {
  'problem.trace': 'Trace',
  'problem.unreachable': 'The server cannot be reached. Check the network and try again.',
  'problem.server': 'The server cannot do this now, please try again ({code}).',
  'problem.refused': 'Not done ({code}).',
  'problem.not_found': 'No such record, or your role may not see it.',
  'problem.forbidden': 'Your role may not do this. Ask the system administrator for access.',
  'problem.separation': 'One person may not both prepare and approve. Ask a colleague.',
  'problem.required': 'Something required is empty.',
};
